import { styleText } from 'node:util';

export type Party = 'BUYER' | 'DEALER';

/** An event as the subscription brings it. */
export interface SeenEvent {
  sequence: number;
  kind: string;
  party: Party | null;
  message: string | null;
  offer: { id: string; amount: string } | null;
  negotiation: { agreedPrice: string | null };
}

const COLUMN = 46;
const GAP = 4;

/** Two screens side by side: what the buyer's shows stands on the left, what the dealer's shows on the right. */
export function print(party: Party, text: string): void {
  const indent = party === 'BUYER' ? '' : ' '.repeat(COLUMN + GAP);
  const color = party === 'BUYER' ? 'cyan' : 'yellow';
  for (const line of wrapped(text)) console.log(indent + styleText(color, line, { stream: process.stdout }));
}

export function printHeads(): void {
  const head = `${'BUYER'.padEnd(COLUMN + GAP)}DEALER`;
  const rule = `${'─'.repeat(COLUMN)}${' '.repeat(GAP)}${'─'.repeat(COLUMN)}`;
  console.log(`\n${head}\n${rule}`);
}

/** What happens off the screens. */
export function narrate(text: string): void {
  console.log(styleText('dim', `· ${text}`, { stream: process.stdout }));
}

/** "23500.00" → "$23,500". */
export function dollars(amount: string): string {
  const [whole = '0', cents = '00'] = amount.split('.');
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${cents === '00' ? '' : `.${cents}`}`;
}

/** What a screen can say. */
export const lines = {
  event(event: SeenEvent): string {
    const words = event.message ? ` “${event.message}”` : '';
    return `#${event.sequence} ${sentenceOf(event)}${words}`;
  },
  notified: (title: string) => `* ${title}`,
  lost: (last: number) => `!! connection lost; last seen: #${last}`,
  resumed: (count: number) => `!! back again: missed ${count} events and got them, none twice`,
  failed: (reason: string) => `!! ${reason}`,
};

function sentenceOf({ kind, party, offer, negotiation }: SeenEvent): string {
  const who = party === 'BUYER' ? 'Buyer' : 'Dealer';
  const amount = dollars(negotiation.agreedPrice ?? offer?.amount ?? '0');
  if (kind === 'OFFER_SUBMITTED') return `${who}: ${dollars(offer?.amount ?? '0')}`;
  if (kind === 'OFFER_ACCEPTED') return `${who} accepts: agreed at ${amount}`;
  if (kind === 'NEGOTIATION_COMPLETED') return `${who}: sold for ${amount}`;
  return kind.toLowerCase().replaceAll('_', ' ');
}

function wrapped(text: string): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1) as string;
    if (row && row.length + 1 + word.length > COLUMN) rows.push(`   ${word}`);
    else rows[rows.length - 1] = row ? `${row} ${word}` : word;
  }
  return rows;
}
