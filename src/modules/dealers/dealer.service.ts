import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx } from '../../kernel/context.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { InputCheck, textLimits } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { holdAccount, User } from '../accounts/index.js';
import { Dealer, type VerificationStatus } from './dealer.entity.js';
import { DealerReviewed } from './dealer.events.js';
import { lockDealer, lockOwnDealer } from './dealer.holds.js';
import type {
  RegisterDealerInput,
  ReviewDealerInput,
  SubmitDealerForVerificationInput,
  UpdateDealerInput,
} from './dealer.inputs.js';
import { dealerChangesOf, decisionOf, maySubmit, refuseHalfAPlace, registrationOf } from './dealer.rules.js';
import { hasDocumentToShow } from './documents/dealer-document.reads.js';

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

/** Changes the viewer's dealership. A VERIFIED one that takes another name or licence is PENDING again; its listings stay. */
export async function updateDealer(ctx: Ctx, input: UpdateDealerInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const changes = dealerChangesOf(input);
  return write(ctx, async (tx) => {
    const dealer = await lockOwnDealer(tx, viewer);
    refuseHalfAPlace({ ...placeOf(dealer), ...changes });
    if (Object.keys(changes).length > 0) dealer.change(changes, tx.clock.now());
    return dealer.id;
  });
}

/** Puts the viewer's dealership before the admins. CONFLICT while it is, or need not be, and without a document for them. */
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
    if (!(await hasDocumentToShow(tx, dealer.id))) {
      throw conflict('Upload a document first: at least one that has not been rejected is needed.');
    }
    dealer.submit(note, tx.clock.now());
    return dealer.id;
  });
}

/** An admin verifies or rejects a dealer, whatever stood before. The dealer is told of a decision that is news. */
export async function reviewDealer(ctx: Ctx, input: ReviewDealerInput): Promise<string> {
  requireType(ctx, 'ADMIN');
  const { decision, reason } = decisionOf('VERIFIED', input);
  return write(ctx, async (tx) => {
    const dealer = isUuid(input.dealerId) ? await lockDealer(tx, input.dealerId) : null;
    if (!dealer) throw notFound('Dealer');
    refuseOutdated(dealer, input.submittedAt);
    if (dealer.verificationStatus === decision && dealer.rejectionReason === reason) return dealer.id;
    if (reason === null) dealer.verify(tx.clock.now());
    else dealer.reject(reason, tx.clock.now());
    await tx.happened(new DealerReviewed(dealer.id, dealer.user.id, decision, reason));
    return dealer.id;
  });
}

/** Who decides on one name must not verify another one, to which the dealer has changed meanwhile. */
function refuseOutdated({ submittedAt }: Dealer, seen: Date | null | undefined): void {
  if (seen && seen.getTime() !== submittedAt?.getTime()) {
    throw conflict('This dealership has changed, or was submitted again, since you looked at it.');
  }
}

const placeOf = ({ latitude, longitude }: Dealer) => ({ latitude, longitude });
