import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { tokenRevoked } from './tokens.js';
import { User } from './user.entity.js';
import { userShape } from './user.shapes.js';

/**
 * Holds an account against its deletion until the transaction ends. Whoever opens something for an account does this
 * first, before any other lock: an access token can outlive its account by seconds.
 * @throws AppError TOKEN_REVOKED where the account is gone.
 */
export async function holdAccount(tx: Tx, userId: string): Promise<void> {
  const held = await tx.em
    .createQueryBuilder(User, 'u')
    .select('id')
    .where({ id: userId, deletedAt: null })
    .setLockMode(LockMode.PESSIMISTIC_READ)
    .execute('get');
  if (!held) throw tokenRevoked();
}

/** The account of who asks, to be changed. @throws AppError TOKEN_REVOKED where it went while its token still lives. */
export async function lockAccount(tx: Tx, userId: string): Promise<User> {
  const own = { id: userId, deletedAt: null };
  const user = await tx.em.findOne(User, own, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!user) throw tokenRevoked();
  return user;
}

/** An account for its owner; null where it is gone. */
export async function readAccount(
  ctx: Pick<Ctx, 'em'>,
  userId: string,
  selection: Selection,
): Promise<Row<User> | null> {
  const where = [sql`r.id = ${userId}`, sql`r.deleted_at is null`];
  const [account] = await readRows(ctx, userShape, selection, { where });
  return account ?? null;
}
