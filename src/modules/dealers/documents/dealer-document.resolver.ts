import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import { type Row, readById } from '../../../kernel/reads.js';
import { URLScalar } from '../../../kernel/scalars.js';
import { selectionOf } from '../../../kernel/selection.js';
import { Dealer } from '../dealer.entity.js';
import { maySeePrivateParts } from '../dealer.policy.js';
import { DealerDocument } from './dealer-document.entity.js';
import { ReviewDealerDocumentInput, UploadDealerDocumentInput } from './dealer-document.inputs.js';
import { DealerDocumentPayload } from './dealer-document.payloads.js';
import { documentsOfDealer } from './dealer-document.reads.js';
import { reviewDealerDocument, uploadDealerDocument } from './dealer-document.service.js';
import { dealerDocumentShape } from './dealer-document.shapes.js';

@Resolver()
export class DealerDocumentResolver {
  @Mutation(() => DealerDocumentPayload, {
    description:
      "Gives the signed-in dealer's own business a document for the admins; 60 an hour. Of 20 the oldest REJECTED one " +
      'makes room; CONFLICT where there is none. It changes nothing about the verification.',
  })
  async uploadDealerDocument(
    @Arg('input', () => UploadDealerDocumentInput, { description: 'The document.' })
    input: UploadDealerDocumentInput,
    @Context() ctx: Ctx,
  ): Promise<DealerDocumentPayload> {
    return { documentId: await uploadDealerDocument(ctx, input) };
  }

  @Mutation(() => DealerDocumentPayload, {
    description:
      'An admin approves or rejects a document, whatever it was before. It changes nothing about the verification.',
  })
  async reviewDealerDocument(
    @Arg('input', () => ReviewDealerDocumentInput, { description: 'The decision.' })
    input: ReviewDealerDocumentInput,
    @Context() ctx: Ctx,
  ): Promise<DealerDocumentPayload> {
    return { documentId: await reviewDealerDocument(ctx, input) };
  }
}

@Resolver(() => DealerDocumentPayload)
export class DealerDocumentPayloadResolver {
  @FieldResolver(() => DealerDocument, { description: 'As it is now.' })
  async document(
    @Root() payload: DealerDocumentPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<DealerDocument>> {
    const document = await readById(ctx, dealerDocumentShape, payload.documentId, selectionOf(info));
    if (!document) throw notFound('Document');
    return document;
  }
}

@Resolver(() => DealerDocument)
export class DealerDocumentFieldsResolver {
  @FieldResolver(() => URLScalar, {
    description:
      'Where the file is, for 5 minutes from now, to whoever has this address: give it to nobody. Ask for another one ' +
      'when it is over.',
  })
  downloadUrl(@Root() document: Row<DealerDocument>, @Context() ctx: Ctx): Promise<string> {
    return ctx.storage.signedUrl(document.key);
  }
}

@Resolver(() => Dealer)
export class DealerDocumentsResolver {
  @FieldResolver(() => [DealerDocument], {
    description:
      'What it gave the admins as proof, the oldest first, 20 at most; none to all but its owner and admins.',
  })
  async documents(
    @Root() dealer: Row<Dealer>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<DealerDocument>[]> {
    if (!maySeePrivateParts(ctx.viewer, dealer)) return [];
    return documentsOfDealer(ctx, dealer.id, selectionOf(info), info.fieldNodes);
  }
}
