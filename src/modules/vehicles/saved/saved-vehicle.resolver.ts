import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx as Context,
  FieldResolver,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ForwardPageArgs, type Page } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import { selectionOf } from '../../../kernel/selection.js';
import { Vehicle } from '../vehicle.entity.js';
import { VehicleIdInput } from '../vehicle.inputs.js';
import { VehicleConnection, VehiclePayload } from '../vehicle.payloads.js';
import { isSaved, saveCountOf } from './saved-vehicle.loaders.js';
import { readSavedVehicles } from './saved-vehicle.reads.js';
import { saveVehicle, unsaveVehicle } from './saved-vehicle.service.js';

@Resolver(() => Vehicle)
export class SavedVehicleResolver {
  @Query(() => VehicleConnection, {
    description: 'What the viewer has saved and may still see, the last saved first.',
  })
  savedVehicles(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Vehicle>>> {
    return readSavedVehicles(ctx, args, selectionOf(info));
  }

  @Mutation(() => VehiclePayload, {
    description:
      'Saves a vehicle that the viewer may see, who is then told when its price falls. Twice is once; CONFLICT past 1,000.',
  })
  async saveVehicle(
    @Arg('input', () => VehicleIdInput, { description: 'Which.' }) input: VehicleIdInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await saveVehicle(ctx, input.id) };
  }

  @Mutation(() => VehiclePayload, {
    description:
      'Lets go of a saved vehicle, also of one that has left the market. Nothing happens to one that was not saved.',
  })
  async unsaveVehicle(
    @Arg('input', () => VehicleIdInput, { description: 'Which.' }) input: VehicleIdInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await unsaveVehicle(ctx, input.id) };
  }

  @FieldResolver(() => Boolean, { description: 'Whether the viewer has saved it; false for a guest.' })
  isSaved(@Root() vehicle: Pick<Vehicle, 'id'>, @Context() ctx: Ctx): Promise<boolean> {
    return isSaved(ctx, vehicle.id);
  }

  @FieldResolver(() => Int, { description: 'How many people have saved it.' })
  saveCount(@Root() vehicle: Pick<Vehicle, 'id'>, @Context() ctx: Ctx): Promise<number> {
    return saveCountOf(ctx, vehicle.id);
  }
}
