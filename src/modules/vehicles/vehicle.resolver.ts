import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx as Context,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ForwardPageArgs, type Page, PageArgs } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import { type Row, readById } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { readMakes } from './make.reads.js';
import { Vehicle } from './vehicle.entity.js';
import { VehicleOrder, VehicleStatus } from './vehicle.enums.js';
import { CreateVehicleInput, UpdateVehicleInput, VehicleFilter, VehicleIdInput } from './vehicle.inputs.js';
import { DeleteVehiclePayload, MakeCount, VehicleConnection, VehiclePayload } from './vehicle.payloads.js';
import { readMyInventory, readVehicles } from './vehicle.reads.js';
import {
  archiveVehicle,
  createVehicle,
  deleteVehicle,
  publishVehicle,
  updateVehicle,
} from './vehicle.service.js';
import { vehicleShape } from './vehicle.shapes.js';
import { viewVehicle } from './views/view.service.js';

@Resolver()
export class VehicleResolver {
  @Query(() => VehicleConnection, { description: 'The market: ACTIVE vehicles of all dealers.' })
  vehicles(
    @Arg('filter', () => VehicleFilter, { nullable: true, description: 'The whole market without one.' })
    filter: VehicleFilter | null | undefined,
    @Arg('orderBy', () => VehicleOrder, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'Ties go by id.',
    })
    orderBy: VehicleOrder | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Vehicle>>> {
    return readVehicles(ctx, filter, orderBy, args, selectionOf(info));
  }

  @Query(() => Vehicle, {
    nullable: true,
    description:
      'To everybody while ACTIVE, PENDING or SOLD; in any status to its dealer and admins; else null.',
  })
  vehicle(
    @Arg('id', () => ID, { description: "The vehicle's." }) id: string,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Vehicle> | null> {
    return viewVehicle(ctx, id, selectionOf(info));
  }

  @Query(() => VehicleConnection, { description: "The signed-in dealer's own vehicles." })
  myInventory(
    @Arg('statuses', () => [VehicleStatus], { nullable: true, description: 'All without any.' })
    statuses: VehicleStatus[] | null | undefined,
    @Arg('search', () => String, {
      nullable: true,
      description: 'A part of make, model, VIN or stock number; case does not count.',
    })
    search: string | null | undefined,
    @Arg('orderBy', () => VehicleOrder, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'Ties go by id.',
    })
    orderBy: VehicleOrder | null | undefined,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Vehicle>>> {
    return readMyInventory(ctx, { statuses, search, orderBy }, args, selectionOf(info));
  }

  @Query(() => [MakeCount], {
    description:
      'Makes and models of ACTIVE vehicles, by name; the 1,000 models with the most listings at most.',
  })
  makes(@Context() ctx: Ctx): Promise<MakeCount[]> {
    return readMakes(ctx);
  }

  @Mutation(() => VehiclePayload, { description: "Adds a vehicle to the signed-in dealer's inventory." })
  async createVehicle(
    @Arg('input', () => CreateVehicleInput, { description: 'The vehicle.' }) input: CreateVehicleInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await createVehicle(ctx, input) };
  }

  @Mutation(() => VehiclePayload, {
    description: 'Changes an own vehicle. VEHICLE_UNAVAILABLE where its status no longer allows it.',
  })
  async updateVehicle(
    @Arg('input', () => UpdateVehicleInput, { description: 'What to change.' }) input: UpdateVehicleInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await updateVehicle(ctx, input) };
  }

  @Mutation(() => VehiclePayload, {
    description: 'Puts an own draft, or an archived vehicle again, on the market. Needs a VERIFIED dealer.',
  })
  async publishVehicle(
    @Arg('input', () => VehicleIdInput, { description: 'Which.' }) input: VehicleIdInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await publishVehicle(ctx, input.id) };
  }

  @Mutation(() => VehiclePayload, {
    description: 'Takes an own vehicle off the market; its active negotiations are CLOSED.',
  })
  async archiveVehicle(
    @Arg('input', () => VehicleIdInput, { description: 'Which.' }) input: VehicleIdInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await archiveVehicle(ctx, input.id) };
  }

  @Mutation(() => DeleteVehiclePayload, {
    description: 'Deletes an own vehicle that was never negotiated; CONFLICT for others.',
  })
  async deleteVehicle(
    @Arg('input', () => VehicleIdInput, { description: 'Which.' }) input: VehicleIdInput,
    @Context() ctx: Ctx,
  ): Promise<DeleteVehiclePayload> {
    return { id: await deleteVehicle(ctx, input.id) };
  }
}

@Resolver(() => VehiclePayload)
export class VehiclePayloadResolver {
  @FieldResolver(() => Vehicle, { description: 'As it is now.' })
  async vehicle(
    @Root() payload: VehiclePayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Vehicle>> {
    const vehicle = await readById(ctx, vehicleShape, payload.vehicleId, selectionOf(info));
    if (!vehicle) throw notFound('Vehicle');
    return vehicle;
  }
}
