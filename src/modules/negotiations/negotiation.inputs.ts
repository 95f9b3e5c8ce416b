import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { ForwardPageArgs } from '../../kernel/connection.js';
import { enumOf } from '../../kernel/enums.js';
import { type Cents, MoneyScalar } from '../../kernel/money.js';
import { NegotiationEndReason, NegotiationParty, NegotiationStatus } from './negotiation.enums.js';

export const ONCE =
  'Makes the call idempotent: the same id and input give the first result again; 100 characters at most.';
const MESSAGE = 'A word to the other side, 2,000 characters at most.';
const REASON = 'Why.';
export const NEGOTIATION = 'The negotiation.';

export const NegotiationOrder = enumOf('UPDATED_DESC', 'CREATED_DESC', 'EXPIRING_SOON');
export type NegotiationOrder = keyof typeof NegotiationOrder;
registerEnumType(NegotiationOrder, {
  name: 'NegotiationOrder',
  description: 'How a list of negotiations is sorted.',
  valuesConfig: {
    UPDATED_DESC: { description: 'Where something happened last, first.' },
    CREATED_DESC: { description: 'Newest first.' },
    EXPIRING_SOON: { description: 'By the clock that runs, soonest first; ended ones last.' },
  },
});

@InputType({ description: 'Which negotiations to list; what is left out does not restrict.' })
export class NegotiationFilter {
  @Field(() => [NegotiationStatus], { nullable: true, description: 'In one of these states.' })
  statuses?: NegotiationStatus[] | null;

  @Field(() => ID, { nullable: true, description: 'On this vehicle.' })
  vehicleId?: string | null;

  @Field(() => NegotiationParty, { nullable: true, description: 'Open, and waiting for this side.' })
  turn?: NegotiationParty | null;
}

@ArgsType()
export class NegotiationsArgs extends ForwardPageArgs {
  @Field(() => NegotiationFilter, { nullable: true, description: 'Which ones.' })
  filter?: NegotiationFilter | null;

  @Field(() => NegotiationOrder, {
    nullable: true,
    defaultValue: 'UPDATED_DESC',
    description: 'How to sort them.',
  })
  orderBy?: NegotiationOrder | null;
}

@InputType({ description: 'Opens a negotiation with a first offer.' })
export class StartNegotiationInput {
  @Field(() => ID, { description: 'The vehicle.' })
  vehicleId!: string;

  @Field(() => MoneyScalar, {
    description: 'The first offer: from half of the asking price up to the asking price.',
  })
  amount!: Cents;

  @Field(() => String, { nullable: true, description: MESSAGE })
  message?: string | null;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Answers the standing offer with another one.' })
export class SubmitOfferInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => MoneyScalar, { description: 'The counter-offer: between what both sides said last.' })
  amount!: Cents;

  @Field(() => String, { nullable: true, description: MESSAGE })
  message?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The `lastSequence` the caller saw; if more has happened it is a CONFLICT.',
  })
  expectedSequence?: number | null;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Agrees to the standing offer.' })
export class AcceptOfferInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => ID, { description: 'The offer the caller saw; if a newer one stands it is a CONFLICT.' })
  offerId!: string;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Turns the standing offer down and ends the negotiation.' })
export class RejectNegotiationInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => NegotiationEndReason, { defaultValue: 'OTHER', description: REASON })
  reason!: NegotiationEndReason;

  @Field(() => String, { nullable: true, description: MESSAGE })
  message?: string | null;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Withdraws from a negotiation.' })
export class CancelNegotiationInput extends RejectNegotiationInput {}

@InputType({ description: 'Says that the vehicle was sold at the agreed price.' })
export class CompleteSaleInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Gives an agreement up; the vehicle goes back on the market.' })
export class CancelSaleInput extends RejectNegotiationInput {}
