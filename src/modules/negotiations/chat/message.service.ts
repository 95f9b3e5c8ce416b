import { LockMode } from '@mikro-orm/core';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import { InputCheck, textLimits } from '../../../kernel/text.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { giveBackTo, throttledBy } from '../../accounts/index.js';
import { Vehicle } from '../../vehicles/index.js';
import { type Outcome, once } from '../client-mutations.js';
import { append, assertMay, lockNegotiation, placeOfParty } from '../deal.js';
import { MessageSent } from '../negotiation.events.js';
import type { SendMessageInput } from './chat.inputs.js';
import { messageLimit } from './chat.limits.js';

/**
 * Writes a message into the negotiation's log. A call that is sent again, or is refused, costs nothing of what may be
 * sent in a minute.
 */
export async function sendMessage(ctx: Ctx, input: SendMessageInput): Promise<Outcome> {
  const viewer = requireViewer(ctx);
  const body = givenBody(input.body);
  const limit = messageLimit(ctx.policy);
  let isPaid = false;
  const work = async (tx: Tx) => {
    // A transaction that is tried again is still the same message.
    if (!isPaid) await throttledBy(tx, limit, viewer.id);
    isPaid = true;
    return say(tx, viewer, input.negotiationId, body);
  };
  try {
    return await write(ctx, (tx) => once(tx, viewer, 'sendMessage', input, () => work(tx)));
  } catch (error) {
    if (isPaid) await giveBackTo(ctx, limit, viewer.id);
    throw error;
  }
}

function givenBody(text: string): string {
  const check = new InputCheck();
  const body = check.required('body', text, textLimits.message);
  check.done();
  return body;
}

async function say(tx: Tx, viewer: Viewer, negotiationId: string, body: string): Promise<Outcome> {
  const { party, vehicleId, dealerUserId } = await placeOfParty(tx, viewer, negotiationId);
  const vehicle = await shareVehicle(tx, vehicleId);
  const negotiation = await lockNegotiation(tx, negotiationId);
  if (!vehicle || !negotiation) throw notFound('Negotiation');
  const now = tx.clock.now();
  assertMay('sendMessage', party, { negotiation }, now);
  const { sequence } = append(tx, negotiation, { kind: 'MESSAGE_SENT', party, message: body }, now);
  await tx.happened(new MessageSent(negotiation, vehicle, dealerUserId, party, body, sequence));
  return { negotiationId, offerId: null, sequence };
}

/**
 * A message changes nothing of the vehicle, and so does not wait for others about it. But the notification refers to it,
 * and the lock that this takes comes before the negotiation's, as everywhere: taken behind it, it would be waited for by
 * whoever holds the vehicle and wants the negotiation.
 */
function shareVehicle(tx: Tx, vehicleId: string): Promise<Vehicle | null> {
  return tx.em.findOne(Vehicle, { id: vehicleId }, { lockMode: LockMode.PESSIMISTIC_READ });
}
