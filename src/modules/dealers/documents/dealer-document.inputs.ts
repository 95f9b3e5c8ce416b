import { Field, ID, InputType } from 'type-graphql';
import { UploadScalar } from '../../../kernel/scalars.js';
import type { Upload } from '../../../kernel/upload.js';
import { DealerDocumentKind, DealerDocumentStatus } from './dealer-document.entity.js';

@InputType({ description: 'A proof for the admins.' })
export class UploadDealerDocumentInput {
  @Field(() => DealerDocumentKind, { description: 'What it is to prove.' })
  kind!: DealerDocumentKind;

  @Field(() => UploadScalar, {
    description:
      'PDF, JPEG or PNG by its content, 10 MB and, of a picture, 50 million pixels at most. It is kept as it is, its ' +
      'metadata included.',
  })
  file!: Upload;
}

@InputType({ description: "An admin's decision on a document." })
export class ReviewDealerDocumentInput {
  @Field(() => ID, { description: 'The document decided on.' })
  documentId!: string;

  @Field(() => DealerDocumentStatus, { description: 'APPROVED or REJECTED.' })
  decision!: DealerDocumentStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is rejected, 2,000 characters at most; a rejection needs one.',
  })
  reason?: string | null;
}
