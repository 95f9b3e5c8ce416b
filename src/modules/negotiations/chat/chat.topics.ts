/** Where is said, over the bus alone, who has begun to write and who has left off: `{ party, typing }`. */
export function typingTopic(negotiationId: string): string {
  return `typing:${negotiationId}`;
}

/** The stream of how far both sides have read. */
export const RECEIPT_STREAM = 'negotiation-read';
