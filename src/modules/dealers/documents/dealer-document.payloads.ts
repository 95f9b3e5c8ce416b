import { ObjectType } from 'type-graphql';

@ObjectType({ description: 'A document after a change.' })
export class DealerDocumentPayload {
  /** The document is read after the write, as far as it is asked for. */
  readonly documentId!: string;
}
