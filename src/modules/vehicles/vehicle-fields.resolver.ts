import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx as Context, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import { ForwardPageArgs, type Page } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import type { Row } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { Dealer } from '../dealers/index.js';
import { PriceChange, Vehicle } from './vehicle.entity.js';
import { activeVehicleCountOf, priceHistoryOf, vehiclesOfDealer } from './vehicle.loaders.js';
import { VehicleConnection } from './vehicle.payloads.js';
import { daysListed } from './vehicle.rules.js';

@Resolver(() => Vehicle)
export class VehicleFieldsResolver {
  @FieldResolver(() => Int, {
    description: 'Whole days since it was first published, until it was sold; 0 if it never was published.',
  })
  daysListed(@Root() vehicle: Row<Vehicle>, @Context() ctx: Ctx): number {
    return daysListed(vehicle, ctx.clock.now());
  }

  @FieldResolver(() => [PriceChange], { description: 'Oldest first; the newest 100 at most.' })
  priceHistory(@Root() vehicle: Pick<Vehicle, 'id'>, @Context() ctx: Ctx): Promise<Row<PriceChange>[]> {
    return priceHistoryOf(ctx, vehicle.id);
  }
}

/** What this room adds to a dealer. */
@Resolver(() => Dealer)
export class DealerVehiclesResolver {
  @FieldResolver(() => VehicleConnection, { description: 'What it has on the market, newest first.' })
  vehicles(
    @Root() dealer: Pick<Dealer, 'id'>,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Vehicle>>> {
    return vehiclesOfDealer(ctx, dealer.id, args, selectionOf(info));
  }

  @FieldResolver(() => Int, { description: 'How many vehicles it has on the market.' })
  activeVehicleCount(@Root() dealer: Pick<Dealer, 'id'>, @Context() ctx: Ctx): Promise<number> {
    return activeVehicleCountOf(ctx, dealer.id);
  }
}
