import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, ID, Info, Resolver, Root, Subscription } from 'type-graphql';
import type { Ctx } from '../../kernel/context.js';
import { type Row, rowFor } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { Vehicle } from './vehicle.entity.js';
import { followVehicle } from './vehicle.live.js';
import { vehicleShape } from './vehicle.shapes.js';

@Resolver()
export class VehicleSubscriptions {
  @Subscription(() => Vehicle, {
    description:
      'A vehicle, each time that its price, its status or anything else of it changes, to whoever may see it. ' +
      'Changes that follow each other fast are told as one.',
    subscribe: ({ args, context }) => followVehicle(context as Ctx, args.vehicleId as string),
  })
  vehicleUpdated(
    @Arg('vehicleId', () => ID, { description: 'Which one.' }) _vehicleId: string,
    @Root() row: Row<Vehicle>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return rowFor(ctx, vehicleShape, row, selectionOf(info));
  }
}
