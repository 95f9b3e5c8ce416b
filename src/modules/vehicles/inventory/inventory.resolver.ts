import { Ctx as Context, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { InventorySummary } from './inventory.payloads.js';
import { readInventorySummary } from './inventory.reads.js';

/** A dealer may have tens of thousands of vehicles, and each is looked at. */
const COST = 100;

@Resolver()
export class InventoryResolver {
  @Query(() => InventorySummary, {
    complexity: COST,
    description: "The signed-in dealer's own vehicles in figures, as they are now. Dealers only.",
  })
  inventorySummary(@Context() ctx: Ctx): Promise<InventorySummary> {
    return readInventorySummary(ctx);
  }
}
