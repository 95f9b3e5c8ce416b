import { Ctx as Context, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { Vehicle } from '../vehicle.entity.js';
import { viewCountOf } from './view.loaders.js';

@Resolver(() => Vehicle)
export class VehicleViewsResolver {
  @FieldResolver(() => Int, {
    description:
      'How often it was looked at by the query `vehicle`: a viewer counts once an hour, its own dealer and admins never. Some seconds behind.',
  })
  viewCount(@Root() vehicle: Pick<Vehicle, 'id'>, @Context() ctx: Ctx): Promise<number> {
    return viewCountOf(ctx, vehicle.id);
  }
}
