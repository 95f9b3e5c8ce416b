import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Who stands behind an account, as that person told it.' })
export class UserProfile {
  @Field(() => String, { nullable: true, description: 'Given name.' })
  firstName!: string | null;

  @Field(() => String, { nullable: true, description: 'Family name.' })
  lastName!: string | null;

  @Field(() => String, { nullable: true, description: 'Where to call; kept as it was typed.' })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: 'City.' })
  city!: string | null;

  @Field(() => String, { nullable: true, description: 'State.' })
  state!: string | null;

  @Field(() => String, { nullable: true, description: 'ZIP code.' })
  postalCode!: string | null;
}

/** `displayName` is computed: PublicUserResolver has it. */
@ObjectType({ description: 'What one party of a negotiation sees of the other: no address, no family name.' })
export class PublicUser {
  @Field(() => ID, { description: "The account's id." })
  id!: string;
}
