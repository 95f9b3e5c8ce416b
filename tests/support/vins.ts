import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VinDecoder, VinFacts } from '../../src/kernel/ports.js';
import { vinCheckDigit } from '../../src/kernel/vin.js';
import { VpicDatabase } from '../../src/platform/vin/vpic-database.js';

/** Where tests of the real decoder unpack its database, once for all runs on this machine. */
export const vinDirectory = join(tmpdir(), 'carnegotiate-vin');

/** Has it there before an operation needs it: making it takes seconds of a core. */
export async function unpackVins(): Promise<void> {
  await new VpicDatabase(vinDirectory).ready();
}

/** Knows nothing of any VIN, at no cost. */
export const unknowing: VinDecoder = {
  decode: async (questions) => questions.map(() => null),
  close: async () => undefined,
};

/** Says of every VIN what it is told to, and counts its messages. */
export class SayingDecoder implements VinDecoder {
  readonly asked: string[][] = [];
  answer: (vin: string) => VinFacts | null | Promise<VinFacts | null> = () => null;

  async decode(questions: Parameters<VinDecoder['decode']>[0]): Promise<Array<VinFacts | null>> {
    this.asked.push(questions.map(({ vin }) => vin));
    return Promise.all(questions.map(({ vin }) => this.answer(vin)));
  }

  async close(): Promise<void> {}
}

/** A VIN with the check digit that belongs to it. */
export function withCheckDigit(vin: string): string {
  return `${vin.slice(0, 8)}${vinCheckDigit(vin)}${vin.slice(9)}`;
}
