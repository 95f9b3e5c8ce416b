import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { thumbnailKeyOf } from '../../../kernel/files.js';
import type { Row } from '../../../kernel/reads.js';
import { URLScalar } from '../../../kernel/scalars.js';
import { selectionOf } from '../../../kernel/selection.js';
import { Vehicle } from '../vehicle.entity.js';
import { VehiclePayload } from '../vehicle.payloads.js';
import { VehicleImage } from './vehicle-image.entity.js';
import {
  DeleteVehicleImageInput,
  ReorderVehicleImagesInput,
  UploadVehicleImagesInput,
} from './vehicle-image.inputs.js';
import { imagesOf, primaryImageOf } from './vehicle-image.loaders.js';
import { altOf } from './vehicle-image.rules.js';
import { deleteVehicleImage, reorderVehicleImages, uploadVehicleImages } from './vehicle-image.service.js';

const WHILE = 'While it is DRAFT, ACTIVE or PENDING; then VEHICLE_UNAVAILABLE.';

@Resolver()
export class VehicleImageResolver {
  @Mutation(() => VehiclePayload, {
    description:
      'Adds photos to an own vehicle, behind those that it has, 40 in all: all of a call or none. Of several files the ' +
      `error's extension \`fileIndex\` says which was refused, from 0. ${WHILE} 240 calls an hour.`,
  })
  async uploadVehicleImages(
    @Arg('input', () => UploadVehicleImagesInput, { description: 'The photos.' })
    input: UploadVehicleImagesInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await uploadVehicleImages(ctx, input) };
  }

  @Mutation(() => VehiclePayload, {
    description:
      'Puts the photos of an own vehicle into another order. BAD_USER_INPUT where they are not all of its photos, as ' +
      `they are now. ${WHILE}`,
  })
  async reorderVehicleImages(
    @Arg('input', () => ReorderVehicleImagesInput, { description: 'The order.' })
    input: ReorderVehicleImagesInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await reorderVehicleImages(ctx, input) };
  }

  @Mutation(() => VehiclePayload, {
    description: `Removes a photo of an own vehicle for good; those behind it move up. ${WHILE}`,
  })
  async deleteVehicleImage(
    @Arg('input', () => DeleteVehicleImageInput, { description: 'Which.' }) input: DeleteVehicleImageInput,
    @Context() ctx: Ctx,
  ): Promise<VehiclePayload> {
    return { vehicleId: await deleteVehicleImage(ctx, input.imageId) };
  }
}

/** What photos add to a vehicle. */
@Resolver(() => Vehicle)
export class VehiclePhotosResolver {
  @FieldResolver(() => [VehicleImage], { description: "Its photos in the dealer's order, 40 at most." })
  images(
    @Root() vehicle: Pick<Vehicle, 'id'>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<VehicleImage>[]> {
    return imagesOf(ctx, vehicle, selectionOf(info));
  }

  @FieldResolver(() => VehicleImage, { nullable: true, description: 'The first of its photos, for lists.' })
  primaryImage(
    @Root() vehicle: Pick<Vehicle, 'id'>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<VehicleImage> | null> {
    return primaryImageOf(ctx, vehicle, selectionOf(info));
  }
}

@Resolver(() => VehicleImage)
export class VehicleImageFieldsResolver {
  @FieldResolver(() => URLScalar, { description: 'Within 1,600 by 1,200 pixels, never enlarged.' })
  url(@Root() { key }: Pick<VehicleImage, 'key'>, @Context() ctx: Ctx): string {
    return ctx.storage.publicUrl(key);
  }

  @FieldResolver(() => URLScalar, { description: 'Within 480 by 360 pixels, never enlarged.' })
  thumbnailUrl(@Root() { key }: Pick<VehicleImage, 'key'>, @Context() ctx: Ctx): string {
    return ctx.storage.publicUrl(thumbnailKeyOf(key));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'For who cannot see it: what the dealer wrote, else of what it is and which: "2021 Toyota Camry XLE, photo 2".',
  })
  alt(@Root() image: Parameters<typeof altOf>[0]): string {
    return altOf(image);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the first.' })
  isPrimary(@Root() { position }: Pick<VehicleImage, 'position'>): boolean {
    return position === 0;
  }
}
