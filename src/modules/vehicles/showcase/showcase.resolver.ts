import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx as Context,
  Field,
  FieldResolver,
  ID,
  Info,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import { selectionOf } from '../../../kernel/selection.js';
import { Vehicle } from '../vehicle.entity.js';
import { VehiclePayload } from '../vehicle.payloads.js';
import { featureVehicle, readFeaturedVehicles } from './featured.service.js';
import { checkSimilarCount, readSimilarVehicles, similarTo } from './similar.reads.js';

/** How many where nobody says, or says null. */
const FEATURED = 12;
const SIMILAR = 6;

const ORDER =
  'ACTIVE ones most like it: of the same body and within 20 % of its price first, then of the same body, then of the price; among these the same model first, then the same make, then the nearest price.';

@InputType({ description: 'Whether a vehicle is shown on the front page.' })
export class FeatureVehicleInput {
  @Field(() => ID, { description: 'The vehicle.' })
  id!: string;

  @Field(() => Boolean, { description: 'False takes it off.' })
  featured!: boolean;
}

@Resolver()
export class ShowcaseResolver {
  @Query(() => [Vehicle], {
    description: 'What admins put on the front page, the last one first; ACTIVE ones alone.',
  })
  featuredVehicles(
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: FEATURED,
      description: 'How many at most, 1 to 100.',
    })
    first: number | null,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Vehicle>[]> {
    return readFeaturedVehicles(ctx, first ?? FEATURED, selectionOf(info));
  }

  @Query(() => [Vehicle], { description: `${ORDER} NOT_FOUND for a vehicle that the viewer may not see.` })
  similarVehicles(
    @Arg('vehicleId', () => ID, { description: 'Like which.' }) vehicleId: string,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: SIMILAR,
      description: 'How many at most, 1 to 24.',
    })
    first: number | null,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Vehicle>[]> {
    return readSimilarVehicles(ctx, vehicleId, first ?? SIMILAR, selectionOf(info), info.fieldNodes);
  }

  @Mutation(() => VehiclePayload, {
    description:
      'Puts a vehicle on the front page, or takes it off. It is shown there while it is ACTIVE. Admin.',
  })
  async featureVehicle(
    @Arg('input', () => FeatureVehicleInput, { description: 'Which, and whether.' })
    input: FeatureVehicleInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await featureVehicle(ctx, input.id, input.featured) };
  }
}

@Resolver(() => Vehicle)
export class ShowcaseFieldsResolver {
  @FieldResolver(() => Boolean, { description: 'Whether an admin put it on the front page.' })
  isFeatured(@Root() vehicle: Row<Vehicle>): boolean {
    return vehicle.featuredAt !== null;
  }

  @FieldResolver(() => [Vehicle], { description: ORDER })
  similar(
    @Root() vehicle: Row<Vehicle>,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: SIMILAR,
      description: 'How many at most, 1 to 24.',
    })
    first: number | null,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Vehicle>[]> {
    const count = first ?? SIMILAR;
    checkSimilarCount(count);
    return similarTo(ctx, vehicle, count, selectionOf(info), info.fieldNodes);
  }
}
