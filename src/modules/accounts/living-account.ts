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

/**
 * Holds accounts as `holdAccount` does, by id, as everybody who holds several. Returns those that are not gone: for the
 * others there is nothing to open.
 */
export async function holdLivingAccounts(tx: Tx, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) return new Set();
  const held = await tx.em
    .createQueryBuilder(User, 'u')
    .select('id')
    .where({ id: { $in: [...new Set(userIds)] }, deletedAt: null })
    .orderBy({ id: 'asc' })
    .setLockMode(LockMode.PESSIMISTIC_READ)
    .execute<Array<{ id: string }>>('all');
  return new Set(held.map(({ id }) => id));
}

/**
 * Holds an account as `holdAccount` does, and lets one at a time do so: who counts what an account has, and then adds to
 * it, is alone. An update, and no `select … for update`: that would also wait for everybody who is adding a row that
 * refers to the account.
 * @throws AppError TOKEN_REVOKED where the account is gone.
 */
export async function holdAccountAlone(tx: Tx, userId: string): Promise<void> {
  const { rows } = await sql`
    update users set updated_at = updated_at where id = ${userId} and deleted_at is null returning id`.execute(
    tx.em.getKysely(),
  );
  if (!rows[0]) throw tokenRevoked();
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
