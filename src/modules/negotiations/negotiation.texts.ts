import { badInput } from '../../kernel/errors.js';
import { InputCheck, textLimits } from '../../kernel/text.js';
import type { NegotiationEndReason } from './negotiation.enums.js';

/** A word to the other side, trimmed; null where there is none. */
export function givenMessage(message: string | null | undefined): string | null {
  const check = new InputCheck();
  const text = check.optional('message', message, textLimits.message);
  check.done();
  return text;
}

/** Reasons that only the system gives. */
const SYSTEM_REASONS: readonly NegotiationEndReason[] = ['SOLD_TO_ANOTHER', 'LAPSED', 'HOLD_LAPSED'];

/** The reason that a person gives. BAD_USER_INPUT for one that is the system's to give. */
export function givenReason(reason: NegotiationEndReason | null | undefined): NegotiationEndReason {
  if (reason && SYSTEM_REASONS.includes(reason))
    throw badInput({ reason: ["This reason is the system's to give."] });
  return reason ?? 'OTHER';
}
