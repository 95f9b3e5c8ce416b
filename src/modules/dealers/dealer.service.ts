import { LockMode } from '@mikro-orm/core';
import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { InputCheck, textLimits } from '../../kernel/text.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { holdAccount, User } from '../accounts/index.js';
import { Dealer, type VerificationStatus } from './dealer.entity.js';
import { DealerReviewed } from './dealer.events.js';
import type {
  RegisterDealerInput,
  ReviewDealerInput,
  SubmitDealerForVerificationInput,
  UpdateDealerInput,
} from './dealer.inputs.js';
import { decisionOf, detailChangesOf, maySubmit, refuseHalfAPlace, registrationOf } from './dealer.rules.js';

const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** Registers the viewer's dealership. CONFLICT the second time (dealers_user_unique). Returns the dealer's id. */
export async function registerDealer(ctx: Ctx, input: RegisterDealerInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const { licenseNumber, details } = registrationOf(input);
  return write(ctx, async (tx) => {
    await holdAccount(tx, viewer.id);
    const user = tx.em.getReference(User, viewer.id, { wrapped: true });
    const dealer = Dealer.register(user, licenseNumber, details, tx.clock.now());
    tx.em.persist(dealer);
    return dealer.id;
  });
}

export async function updateDealer(ctx: Ctx, input: UpdateDealerInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const changes = detailChangesOf(input);
  return write(ctx, async (tx) => {
    const dealer = await lockOwnDealer(tx, viewer);
    refuseHalfAPlace({ ...placeOf(dealer), ...changes });
    if (Object.keys(changes).length > 0) dealer.change(changes, tx.clock.now());
    return dealer.id;
  });
}

export async function submitDealerForVerification(
  ctx: Ctx,
  input: SubmitDealerForVerificationInput,
): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const check = new InputCheck();
  const note = check.optional('note', input.note, textLimits.message);
  check.done();
  return write(ctx, async (tx) => {
    const dealer = await lockOwnDealer(tx, viewer);
    const status: VerificationStatus = dealer.verificationStatus;
    if (!maySubmit[status]) throw conflict(`This dealership is already ${status}.`);
    dealer.submit(note, tx.clock.now());
    return dealer.id;
  });
}

/** An admin verifies or rejects a dealer, whatever stood before. The dealer is told of a decision that is news. */
export async function reviewDealer(ctx: Ctx, input: ReviewDealerInput): Promise<string> {
  requireType(ctx, 'ADMIN');
  const { decision, reason } = decisionOf(input);
  return write(ctx, async (tx) => {
    const dealer = isUuid(input.dealerId)
      ? await tx.em.findOne(Dealer, { id: input.dealerId, closedAt: null }, LOCKED)
      : null;
    if (!dealer) throw notFound('Dealer');
    if (dealer.verificationStatus === decision && dealer.rejectionReason === reason) return dealer.id;
    if (reason === null) dealer.verify(tx.clock.now());
    else dealer.reject(reason, tx.clock.now());
    await tx.happened(new DealerReviewed(dealer.id, dealer.user.id, decision, reason));
    return dealer.id;
  });
}

async function lockOwnDealer(tx: Tx, viewer: Viewer): Promise<Dealer> {
  const dealer = await tx.em.findOne(Dealer, { user: viewer.id, closedAt: null }, LOCKED);
  if (!dealer) throw notFound('Dealership');
  return dealer;
}

const placeOf = ({ latitude, longitude }: Dealer) => ({ latitude, longitude });
