import { styleText } from 'node:util';

export type Party = 'BUYER' | 'DEALER';

/** An event as the subscription brings it. */
export interface SeenEvent {
  sequence: number;
  kind: string;
  party: Party | null;
  message: string | null;
  offer: { id: string; amount: string; resolvedBy: string | null } | null;
  negotiation: { agreedPrice: string | null; buyer: { displayName: string } };
}

/** A screen's column: the name of whose it is stands before each of its lines. */
export interface Lane {
  readonly name: string;
  readonly color: 'cyan' | 'green' | 'magenta' | 'yellow';
}

const NAME_WIDTH = 6;
const LINE_WIDTH = 88;

/** What one of the screens shows. */
export function print({ name, color }: Lane, text: string): void {
  wrapped(text).forEach((row, index) => {
    const head = (index === 0 ? name : '').padEnd(NAME_WIDTH);
    console.log(styleText(color, `${head} │ ${row}`, { stream: process.stdout }));
  });
}

/** What happens off the screens. */
export function narrate(text: string): void {
  console.log(styleText('dim', `\n· ${text}`, { stream: process.stdout }));
}

/** "23500.00" → "$23,500". */
export function dollars(amount: string): string {
  const [whole = '0', cents = '00'] = amount.split('.');
  return `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${cents === '00' ? '' : `.${cents}`}`;
}

/** What a screen can say. `other` is whom its reader negotiates with. */
export const lines = {
  event(event: SeenEvent, other: string): string {
    const words = event.message ? ` “${event.message}”` : '';
    return `[${other}] #${event.sequence} ${sentenceOf(event)}${words}`;
  },
  notified: (title: string) => `* ${title}`,
  vehicle: (status: string, askingPrice: string) =>
    `the car: ${status.toLowerCase()}, ${dollars(askingPrice)}`,
  typing: (other: string) => `[${other}] is typing …`,
  read: (other: string, sequence: number) => `[${other}] has read up to #${sequence}`,
  lost: (last: number) => `!! connection lost; last seen: #${last}`,
  resumed: (count: number) => `!! back again: missed ${count} events and got them, none twice`,
  failed: (reason: string) => `!! ${reason}`,
};

/** What became of it, in the words of a timeline. An answer by rule is told to the dealer alone. */
function sentenceOf({ kind, party, offer, negotiation }: SeenEvent): string {
  const who = party === 'BUYER' ? 'Buyer' : party === 'DEALER' ? 'Dealer' : 'CarNegotiate';
  const byRule = offer?.resolvedBy === 'RULE' ? ', by rule' : '';
  const agreed = dollars(negotiation.agreedPrice ?? offer?.amount ?? '0');
  const sentences: Readonly<Record<string, string>> = {
    OFFER_SUBMITTED: `${who}: ${dollars(offer?.amount ?? '0')}`,
    MESSAGE_SENT: `${who}:`,
    OFFER_ACCEPTED: `${who} accepts${byRule}: agreed at ${agreed}`,
    NEGOTIATION_REJECTED: `${who} turns it down${byRule}`,
    NEGOTIATION_CLOSED: 'closed: the car went to another buyer',
    DEAL_FELL_THROUGH: `${who} gives the agreement up`,
    NEGOTIATION_COMPLETED: `${who}: sold for ${agreed}`,
  };
  return sentences[kind] ?? kind.toLowerCase().replaceAll('_', ' ');
}

function wrapped(text: string): string[] {
  const rows = [''];
  for (const word of text.split(' ')) {
    const row = rows.at(-1) as string;
    if (row && row.length + 1 + word.length > LINE_WIDTH) rows.push(`   ${word}`);
    else rows[rows.length - 1] = row ? `${row} ${word}` : word;
  }
  return rows;
}
