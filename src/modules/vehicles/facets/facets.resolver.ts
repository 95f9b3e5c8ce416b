import type { GraphQLResolveInfo } from 'graphql';
import { Ctx as Context, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { Page } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import { selectionOf } from '../../../kernel/selection.js';
import { VehicleConnection } from '../vehicle.payloads.js';
import type { FacetedPage } from './faceted-page.js';
import { VehicleFacets } from './facets.payloads.js';

/**
 * What facets cost besides the objects in them: each goes through the whole list. An operation may ask for some twenty,
 * in aliases or below the dealers of a page.
 */
const COST = 200;

@Resolver(() => VehicleConnection)
export class VehicleFacetsResolver {
  @FieldResolver(() => VehicleFacets, {
    complexity: COST,
    description: 'Counts over the whole list, read when asked for, and only those that are asked for.',
  })
  facets(
    @Root() page: FacetedPage<Page<unknown>>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<VehicleFacets> {
    return page.facetsSource(ctx, selectionOf(info));
  }
}
