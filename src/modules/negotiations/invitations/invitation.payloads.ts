import { Field, ObjectType } from 'type-graphql';

/** Who was invited, as ids for the payload's field to load. */
@ObjectType({ description: 'What an invitation came to.', simpleResolvers: true })
export class InviteInterestedBuyersPayload {
  negotiationIds!: readonly string[];

  @Field(() => String, { nullable: true, description: 'What the caller gave.' })
  clientMutationId!: string | null;
}
