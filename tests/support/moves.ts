import { lapseOffers, releaseHolds, warnExpiring } from '../../src/modules/negotiations/module.js';
import type { TestApp } from './app.js';

/** The mutations by which people move a negotiation. */
export type Mutation =
  | 'startNegotiation'
  | 'submitOffer'
  | 'acceptOffer'
  | 'rejectNegotiation'
  | 'cancelNegotiation'
  | 'completeSale'
  | 'cancelSale'
  | 'sendMessage';

/** What came of one: `OK`, or the code of its refusal. */
export interface Moved {
  readonly code: string;
  readonly negotiationId?: string;
  readonly offerId?: string;
  readonly sequence?: number;
}

interface Payload {
  negotiation: { id: string; currentOffer: { id: string } };
  event: { sequence: number };
}

/** One move over HTTP; a refusal is an answer here, not an error. */
export async function move(
  app: TestApp,
  who: { token: string | undefined },
  mutation: Mutation,
  input: Record<string, unknown>,
): Promise<Moved> {
  const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) {
    ${mutation}(input: $input) { negotiation { id currentOffer { id } } event { sequence } }
  }`;
  const response = await app.request<Record<Mutation, Payload>, object>(document, { input }, who);
  if (response.errors) return { code: app.errorOf(response).code };
  const { negotiation, event } = (response.data as Record<Mutation, Payload>)[mutation];
  return {
    code: 'OK',
    negotiationId: negotiation.id,
    offerId: negotiation.currentOffer.id,
    sequence: event.sequence,
  };
}

/** Publishes, archives or reprices a vehicle: `OK`, or the code of the refusal. */
export async function moveVehicle(
  app: TestApp,
  who: { token: string | undefined },
  mutation: 'publishVehicle' | 'archiveVehicle' | 'updateVehicle',
  input: Record<string, unknown>,
): Promise<string> {
  const type = mutation === 'updateVehicle' ? 'UpdateVehicleInput' : 'VehicleIdInput';
  const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { vehicle { id } } }`;
  const response = await app.request(document, { input }, who);
  return response.errors ? app.errorOf(response).code : 'OK';
}

/** Runs the sweeps once, as the jobs would. Returns how much each has written down. */
export async function sweep(app: TestApp): Promise<{ lapsed: number; released: number }> {
  const lapsed = await lapseOffers(app.system.makeCtx());
  const released = await releaseHolds(app.system.makeCtx());
  return { lapsed, released };
}

/** Runs the job that warns of what lapses soon. Returns how many were warned. */
export function warn(app: TestApp): Promise<number> {
  return warnExpiring(app.system.makeCtx());
}

/** How often each outcome occurs: `{ OK: 1, NEGOTIATION_ENDED: 15 }`. */
export function tally(moves: readonly Moved[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of moves) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
