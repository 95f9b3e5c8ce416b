import { Field, Float, ID, InputType } from 'type-graphql';
import { DateTimeScalar, URLScalar } from '../../kernel/scalars.js';
import { VerificationStatus } from './dealer.entity.js';

@InputType({ description: 'Which dealers to list. What is left out does not narrow the list.' })
export class DealerFilter {
  @Field(() => String, { nullable: true, description: 'A part of the business name; case does not count.' })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole state, such as "TX"; case does not count.' })
  state?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole name of the city; case does not count.' })
  city?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True leaves out all but VERIFIED dealers.' })
  verifiedOnly?: boolean | null;
}

@InputType({ description: 'The business behind a dealer account.' })
export class RegisterDealerInput {
  @Field(() => String, { description: 'The name it trades under, 100 characters at most.' })
  businessName!: string;

  @Field(() => String, { description: 'Of its licence to deal, 100 characters at most. Not public.' })
  licenseNumber!: string;

  @Field(() => String, { nullable: true, description: 'What it says of itself, 5,000 characters at most.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to call, 100 characters at most.' })
  phone?: string | null;

  @Field(() => URLScalar, { nullable: true, description: 'Its own site: http or https.' })
  website?: URL | null;

  @Field(() => String, { nullable: true, description: 'Street and number, 200 characters at most.' })
  address?: string | null;

  @Field(() => String, { description: 'City, 100 characters at most.' })
  city!: string;

  @Field(() => String, { description: 'State, as a postal code such as "TX".' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'ZIP code.' })
  postalCode?: string | null;

  @Field(() => Float, { nullable: true, description: 'Degrees north, -90 to 90; only with `longitude`.' })
  latitude?: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east, -180 to 180; only with `latitude`.' })
  longitude?: number | null;
}

@InputType({
  description: 'What to change of a dealership: what is left out stays, and null clears what may be empty.',
})
export class UpdateDealerInput {
  @Field(() => String, {
    nullable: true,
    description:
      'The name it trades under; never empty. A VERIFIED dealer with another name is PENDING again.',
  })
  businessName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of its licence to deal; never empty. A VERIFIED dealer with another one is PENDING again.',
  })
  licenseNumber?: string | null;

  @Field(() => String, { nullable: true, description: 'What it says of itself, 5,000 characters at most.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to call, 100 characters at most.' })
  phone?: string | null;

  @Field(() => URLScalar, { nullable: true, description: 'Its own site: http or https.' })
  website?: URL | null;

  @Field(() => String, { nullable: true, description: 'Street and number, 200 characters at most.' })
  address?: string | null;

  @Field(() => String, { nullable: true, description: 'City; never empty.' })
  city?: string | null;

  @Field(() => String, { nullable: true, description: 'State, as a postal code such as "TX"; never empty.' })
  state?: string | null;

  @Field(() => String, { nullable: true, description: 'ZIP code.' })
  postalCode?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Degrees north, -90 to 90; set and cleared with `longitude`.',
  })
  latitude?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Degrees east, -180 to 180; set and cleared with `latitude`.',
  })
  longitude?: number | null;
}

@InputType({ description: 'Asks the admins to check the own dealership.' })
export class SubmitDealerForVerificationInput {
  @Field(() => String, { nullable: true, description: 'A word to the admins, 2,000 characters at most.' })
  note?: string | null;
}

@InputType({ description: "An admin's decision on a dealer." })
export class ReviewDealerInput {
  @Field(() => ID, { description: 'The dealer decided on.' })
  dealerId!: string;

  @Field(() => VerificationStatus, { description: 'VERIFIED or REJECTED.' })
  decision!: VerificationStatus;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is rejected, 2,000 characters at most; a rejection needs one.',
  })
  reason?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The dealer's `submittedAt` as it was read by who decides: CONFLICT where it is another one by now, because the " +
      'dealer has been submitted again or has changed what it is.',
  })
  submittedAt?: Date | null;
}
