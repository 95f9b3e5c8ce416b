import { type Opt, type Ref, ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BaseEntity, InstantType } from '../../../kernel/base.entity.js';
import { enumOf } from '../../../kernel/enums.js';
import { Dealer } from '../dealer.entity.js';

export const DealerDocumentKind = enumOf(
  'DEALER_LICENSE',
  'BUSINESS_REGISTRATION',
  'INSURANCE',
  'TAX_CERTIFICATE',
  'IDENTITY',
  'OTHER',
);
export type DealerDocumentKind = keyof typeof DealerDocumentKind;
registerEnumType(DealerDocumentKind, {
  name: 'DealerDocumentKind',
  description: 'What a document is to prove.',
  valuesConfig: {
    DEALER_LICENSE: { description: "The state's licence to deal in vehicles." },
    BUSINESS_REGISTRATION: { description: 'That the business is registered.' },
    INSURANCE: { description: 'That it is insured.' },
    TAX_CERTIFICATE: { description: 'That it pays sales tax.' },
    IDENTITY: { description: 'Who its owner is.' },
    OTHER: { description: 'Anything else.' },
  },
});

export const DealerDocumentStatus = enumOf('PENDING', 'APPROVED', 'REJECTED');
export type DealerDocumentStatus = keyof typeof DealerDocumentStatus;
registerEnumType(DealerDocumentStatus, {
  name: 'DealerDocumentStatus',
  description: 'What an admin said of a document.',
  valuesConfig: {
    PENDING: { description: 'Nothing yet.' },
    APPROVED: { description: 'It proves what it is to prove.' },
    REJECTED: { description: 'It does not, and `rejectionReason` says why.' },
  },
});

/** A file that is stored. */
export type DocumentFile = Pick<DealerDocument, 'filename' | 'key' | 'contentType' | 'sizeBytes'>;

/** A proof that a dealer gives to the admins. The file lies in the storage under `key` and is nobody else's to see. */
@Entity({ tableName: 'dealer_documents' })
@Index({ name: 'dealer_documents_dealer_index', properties: ['dealer', 'createdAt', 'id'] })
@Index({ name: 'dealer_documents_key_index', properties: ['key'] })
@ObjectType({ description: 'A proof that a dealer gives to the admins.' })
export class DealerDocument extends BaseEntity {
  @ManyToOne(() => Dealer, { ref: true, deleteRule: 'cascade' })
  dealer!: Ref<Dealer>;

  @Property({ type: 'string', length: 30 })
  @Field(() => DealerDocumentKind, { description: 'What it is to prove.' })
  kind!: DealerDocumentKind;

  @Property({ type: 'string', length: 200 })
  @Field(() => String, { description: 'What the dealer called the file.' })
  filename!: string;

  @Property({ type: 'string', length: 200 })
  key!: string;

  @Property({ type: 'string', length: 50 })
  @Field(() => String, { description: 'Its media type, by its content: a PDF, a JPEG or a PNG.' })
  contentType!: string;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Of the file as it is kept.' })
  sizeBytes!: number;

  @Property({ type: 'string', length: 10 })
  @Field(() => DealerDocumentStatus, { description: 'What an admin said of it.' })
  status: DealerDocumentStatus & Opt = 'PENDING';

  @Property({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is REJECTED; else null.' })
  rejectionReason: string | null = null;

  @Property({ type: InstantType, nullable: true })
  reviewedAt: Date | null = null;

  static of(dealer: Dealer, kind: DealerDocumentKind, file: DocumentFile, at: Date): DealerDocument {
    const document = new DealerDocument();
    document.dealer = ref(dealer);
    document.kind = kind;
    Object.assign(document, file);
    document.createdAt = at;
    document.touch(at);
    return document;
  }

  /** A rejection has its reason, and an approval none. */
  review(rejectionReason: string | null, at: Date): void {
    this.status = rejectionReason === null ? 'APPROVED' : 'REJECTED';
    this.rejectionReason = rejectionReason;
    this.reviewedAt = at;
    this.touch(at);
  }
}
