import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../kernel/loader.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import type { Dealer, VerificationStatus } from './dealer.entity.js';
import { dealerShape } from './dealer.shapes.js';

/** What policies ask of an account's dealership. */
export interface DealerStanding {
  readonly id: string;
  readonly verificationStatus: VerificationStatus;
}

const standingByUser = defineLoader<string, DealerStanding | null>(async (ctx, userIds) => {
  const rows = await dealersOfUsers(ctx, userIds, new Map(), 'verificationStatus');
  return inOrderOf<string, Row<Dealer>, DealerStanding | null>(userIds, rows, ownerOf, (row) => row, null);
});

/** The dealership of an account, or null before it is registered. For reads: inside a transaction ask its `em`. */
export function dealerOfUser(ctx: Ctx, userId: string): Promise<DealerStanding | null> {
  return ctx.loaders.of(ctx, standingByUser).load(userId);
}

/** `User.dealer`: the dealerships of all the users of one field of an operation, in one statement. */
export function dealerForUser(
  ctx: Ctx,
  userId: string,
  selection: Selection,
  field: unknown,
): Promise<Row<Dealer> | null> {
  const byUser = defineLoader<string, Row<Dealer> | null>(async (batchCtx, userIds) => {
    const rows = await dealersOfUsers(batchCtx, userIds, selection);
    return inOrderOf<string, Row<Dealer>, Row<Dealer> | null>(userIds, rows, ownerOf, (row) => row, null);
  });
  return ctx.loaders.of(ctx, byUser, field).load(userId);
}

function dealersOfUsers(ctx: Ctx, userIds: readonly string[], selection: Selection, ...also: string[]) {
  return readRows(ctx, dealerShape, selection, {
    where: [sql`r.user_id in (${sql.join([...userIds])})`],
    also: ['user', ...also],
  });
}

const ownerOf = (row: Row<Dealer>) => row.user.id;
