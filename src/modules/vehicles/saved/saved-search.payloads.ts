import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A saved search after a change.' })
export class SavedSearchPayload {
  /** The search is read after the write, as far as it is asked for. */
  readonly searchId!: string;
}

@ObjectType({ description: 'What is left of a saved search that was deleted.' })
export class DeleteSavedSearchPayload {
  @Field(() => ID, { description: 'The id it had.' })
  id!: string;
}
