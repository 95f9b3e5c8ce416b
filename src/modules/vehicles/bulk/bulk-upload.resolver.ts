import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx as Context,
  FieldResolver,
  ID,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { ForwardPageArgs, type Page } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import { type Row, rowFor } from '../../../kernel/reads.js';
import { selectionOf } from '../../../kernel/selection.js';
import { BulkUpload, BulkUploadRowError, ERRORS_COST } from './bulk-upload.entity.js';
import { BulkUploadVehiclesInput } from './bulk-upload.inputs.js';
import { followBulkUpload } from './bulk-upload.live.js';
import { resultOf } from './bulk-upload.loaders.js';
import { BulkUploadConnection, BulkUploadPayload } from './bulk-upload.payloads.js';
import { readBulkUpload, readBulkUploads } from './bulk-upload.reads.js';
import { bulkUploadTemplate, bulkUploadVehicles } from './bulk-upload.service.js';
import { bulkUploadShape } from './bulk-upload.shapes.js';

@Resolver()
export class BulkUploadResolver {
  @Query(() => String, {
    description:
      'For dealers: a CSV file to begin with, its header and an example. Also GET /api/v1/vehicles/bulk-upload/template/.',
  })
  bulkUploadTemplate(@Context() ctx: Ctx): string {
    return bulkUploadTemplate(ctx);
  }

  @Query(() => BulkUpload, {
    nullable: true,
    description: 'To the dealer who sent it and to admins; else null.',
  })
  bulkUpload(
    @Arg('id', () => ID, { description: "The upload's." }) id: string,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<BulkUpload> | null> {
    return readBulkUpload(ctx, id, selectionOf(info));
  }

  @Query(() => BulkUploadConnection, {
    description: "The signed-in dealer's own, the newest first; kept for 30 days.",
  })
  bulkUploads(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<BulkUpload>>> {
    return readBulkUploads(ctx, args, selectionOf(info));
  }

  @Mutation(() => BulkUploadPayload, {
    description:
      "Brings a file of vehicles into the signed-in dealer's inventory: a row whose VIN is there changes that vehicle, " +
      'where its cells are not empty, and any other adds one. 60 an hour, 10 of them unread at most.',
  })
  async bulkUploadVehicles(
    @Arg('input', () => BulkUploadVehiclesInput, { description: 'The file.' }) input: BulkUploadVehiclesInput,
    @Context() ctx: Ctx,
  ): Promise<BulkUploadPayload> {
    return { uploadId: await bulkUploadVehicles(ctx, input) };
  }

  @Subscription(() => BulkUpload, {
    description:
      'An upload as it is, and then each time that it has come further, to the dealer who sent it and to admins. It ' +
      'ends with the upload.',
    subscribe: ({ args, context }) => followBulkUpload(context as Ctx, args.id as string),
  })
  bulkUploadProgress(
    @Arg('id', () => ID, { description: "The upload's." }) _id: string,
    @Root() row: Row<BulkUpload>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return rowFor(ctx, bulkUploadShape, row, selectionOf(info));
  }
}

@Resolver(() => BulkUploadPayload)
export class BulkUploadPayloadResolver {
  @FieldResolver(() => Int, { description: 'Rows read, without the header and blank ones.' })
  async totalRows(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<number> {
    return (await resultOf(ctx, uploadId)).totalRows;
  }

  @FieldResolver(() => Int, { description: 'Vehicles added; in a dry run, that would be.' })
  async created(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<number> {
    return (await resultOf(ctx, uploadId)).created;
  }

  @FieldResolver(() => Int, { description: 'Rows whose VIN is in the inventory already.' })
  async updated(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<number> {
    return (await resultOf(ctx, uploadId)).updated;
  }

  @FieldResolver(() => Int, { description: 'Rows that were refused.' })
  async failed(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<number> {
    return (await resultOf(ctx, uploadId)).failed;
  }

  @FieldResolver(() => Boolean, { description: 'Whether nothing was changed.' })
  async dryRun(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<boolean> {
    return (await resultOf(ctx, uploadId)).dryRun;
  }

  @FieldResolver(() => [BulkUploadRowError], {
    complexity: ERRORS_COST,
    description: 'What is wrong with the refused rows: the first 1,000 faults.',
  })
  async errors(@Root() { uploadId }: BulkUploadPayload, @Context() ctx: Ctx): Promise<BulkUploadRowError[]> {
    return (await resultOf(ctx, uploadId)).errors;
  }

  @FieldResolver(() => BulkUpload, { description: 'The handle by which it can be followed.' })
  async bulkUpload(
    @Root() { uploadId }: BulkUploadPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<BulkUpload> | null> {
    return rowFor(ctx, bulkUploadShape, await resultOf(ctx, uploadId), selectionOf(info));
  }
}
