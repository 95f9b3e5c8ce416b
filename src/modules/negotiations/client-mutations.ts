import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Viewer } from '../../kernel/context.js';
import { conflict } from '../../kernel/errors.js';
import { InputCheck } from '../../kernel/text.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { holdAccount } from '../accounts/index.js';

/** What a mutation of one negotiation came to: enough to answer it again. */
export interface Outcome {
  readonly negotiationId: string;
  readonly offerId: string | null;
  readonly sequence: number;
}

/**
 * Does the work once for a user's clientMutationId. The id is claimed in the work's own transaction: a second call
 * waits until the first has ended, and then answers with its outcome, or does the work if the first was refused.
 */
export async function once<I extends { clientMutationId?: string | null | undefined }, O extends object>(
  tx: Tx,
  viewer: Viewer,
  mutation: string,
  input: I,
  work: () => Promise<O>,
): Promise<O> {
  if (input.clientMutationId == null) return work();
  const check = new InputCheck();
  const clientMutationId = check.required('clientMutationId', input.clientMutationId, 100);
  check.done();

  // Before the row that refers to the account: its deletion would wait for that row, and the work for the deletion.
  await holdAccount(tx, viewer.id);
  const inputHash = hashOf(mutation, input);
  const db = tx.em.getKysely();
  const now = tx.clock.now().getTime();
  const claim = await sql<{ id: string }>`
    insert into client_mutations (id, created_at, updated_at, user_id, client_mutation_id, input_hash, result)
    values (${uuidv7()}, ${now}, ${now}, ${viewer.id}, ${clientMutationId}, ${inputHash}, '{}')
    on conflict (user_id, client_mutation_id) do nothing returning id`.execute(db);
  const claimed = claim.rows[0];
  if (!claimed) return earlierOutcome<O>(tx, viewer, clientMutationId, inputHash);

  const outcome = await work();
  await sql`update client_mutations set result = ${JSON.stringify(outcome)} where id = ${claimed.id}`.execute(
    db,
  );
  return outcome;
}

/** The same mutation gave it: its name is part of the hash. */
async function earlierOutcome<O>(
  tx: Tx,
  viewer: Viewer,
  clientMutationId: string,
  inputHash: string,
): Promise<O> {
  const { rows } = await sql<{ input_hash: string; result: O | string }>`
    select input_hash, result from client_mutations
    where user_id = ${viewer.id} and client_mutation_id = ${clientMutationId}`.execute(tx.em.getKysely());
  const earlier = rows[0];
  if (!earlier || earlier.input_hash !== inputHash) {
    throw conflict('This clientMutationId was used before, with another input.');
  }
  return typeof earlier.result === 'string' ? (JSON.parse(earlier.result) as O) : earlier.result;
}

/** Equal inputs hash alike whatever the order of their fields; a field left out is a field that is null. */
function hashOf(mutation: string, input: object): string {
  const entries = Object.entries(input)
    .filter(([name, value]) => name !== 'clientMutationId' && value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([mutation, entries]))
    .digest('hex');
}
