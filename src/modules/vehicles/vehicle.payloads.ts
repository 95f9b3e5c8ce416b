import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../../kernel/connection.js';
import type { Row } from '../../kernel/reads.js';
import { Vehicle } from './vehicle.entity.js';

export const { Edge: VehicleEdge, Connection: VehicleConnection } = connectionOf<Row<Vehicle>>(
  () => Vehicle,
  'Vehicle',
);

@ObjectType({ description: 'A value and how many listings have it.' })
export class FacetCount {
  @Field(() => String, { description: 'As the listings spell it.' })
  value!: string;

  @Field(() => Int, { description: 'Listings that have it.' })
  count!: number;
}

@ObjectType({ description: 'A make on the market. Spellings that differ in case alone count as one.' })
export class MakeCount {
  @Field(() => String, { description: 'As the listings spell it, "Toyota".' })
  make!: string;

  @Field(() => Int, { description: 'Active listings of this make.' })
  count!: number;

  @Field(() => [FacetCount], { description: 'Its models, by name.' })
  models!: FacetCount[];
}

@ObjectType({ description: 'A vehicle after a change.' })
export class VehiclePayload {
  /** The vehicle is read after the write, as far as it is asked for. */
  readonly vehicleId!: string;
}

@ObjectType({ description: 'What is left of a vehicle that was deleted.' })
export class DeleteVehiclePayload {
  @Field(() => ID, { description: 'The id it had.' })
  id!: string;
}
