import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import { conflict, notFound } from '../../../kernel/errors.js';
import { InputCheck, textLimits } from '../../../kernel/text.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdAccountAlone } from '../../accounts/index.js';
import { Dealer } from '../../dealers/index.js';
import { narrowingOf } from '../vehicle.filter.js';
import type { VehicleFilter } from '../vehicle.inputs.js';
import { storedFilterOf } from './filter-json.js';
import { SavedSearch } from './saved-search.entity.js';
import type { CreateSavedSearchInput } from './saved-search.inputs.js';

/** Each is looked at for each vehicle that comes onto the market. */
export const MAX_SAVED_SEARCHES = 50;

/**
 * Keeps a search. A filter that the market would refuse is refused here in the same words; NOT_FOUND for a dealer that
 * there is not, CONFLICT where the viewer keeps as many as one may. Returns the search's id.
 */
export async function createSavedSearch(ctx: Ctx, input: CreateSavedSearchInput): Promise<string> {
  const viewer = requireViewer(ctx);
  const check = new InputCheck();
  const name = check.requiredLine('name', input.name, textLimits.name);
  check.done();
  await narrowingOf(ctx, input.filter);
  await expectDealer(ctx, input.filter);
  const { alertsEnabled } = input;
  return write(ctx, async (tx) => {
    await holdAccountAlone(tx, viewer.id);
    if ((await tx.em.count(SavedSearch, { user: viewer.id })) >= MAX_SAVED_SEARCHES) {
      throw conflict(`You have saved ${MAX_SAVED_SEARCHES} searches. Delete one before you save another.`);
    }
    const filter = storedFilterOf(input.filter);
    const search = SavedSearch.of(viewer.id, { name, filter, alertsEnabled }, tx.clock.now());
    tx.em.persist(search);
    return search.id;
  });
}

/** What it has matched goes with it. Returns the id it had. */
export async function deleteSavedSearch(ctx: Ctx, id: string): Promise<string> {
  requireViewer(ctx);
  return write(ctx, async (tx) => {
    tx.em.remove(await lockOwnSearch(tx, id));
    return id;
  });
}

/**
 * Its owner has seen all that has matched it so far. Whoever adds a match holds the search meanwhile, so that none is
 * under way now.
 */
export async function markSavedSearchSeen(ctx: Ctx, id: string): Promise<string> {
  requireViewer(ctx);
  return write(ctx, async (tx) => {
    const search = await lockOwnSearch(tx, id);
    const { rows } = await sql<{ id: string }>`
      select id from saved_search_matches where search_id = ${id} order by id desc limit 1`.execute(
      tx.em.getKysely(),
    );
    if (rows[0]) search.markSeen(rows[0].id, tx.clock.now());
    return id;
  });
}

async function lockOwnSearch(tx: Tx, id: string): Promise<SavedSearch> {
  const own = { id, user: requireViewer(tx).id };
  const search = isUuid(id)
    ? await tx.em.findOne(SavedSearch, own, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!search) throw notFound('Saved search');
  return search;
}

async function expectDealer(ctx: Ctx, { dealerId }: VehicleFilter): Promise<void> {
  if (dealerId == null) return;
  const isThere = isUuid(dealerId) && (await ctx.em.count(Dealer, { id: dealerId, closedAt: null })) > 0;
  if (!isThere) throw notFound('Dealer');
}
