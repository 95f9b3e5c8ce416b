import { FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { Row } from '../../../kernel/reads.js';
import { Vehicle } from '../vehicle.entity.js';
import { milesOf } from './near.js';

@Resolver(() => Vehicle)
export class DistanceResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "Miles from the centre of the filter's `near` to its dealer, to a hundredth; null in a list without one.",
  })
  distanceMiles(@Root() vehicle: Row<Vehicle> & { readonly distance?: number }): number | null {
    return vehicle.distance === undefined ? null : milesOf(vehicle.distance);
  }
}
