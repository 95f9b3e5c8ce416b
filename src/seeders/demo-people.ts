import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ctx, UserType, Viewer } from '../kernel/context.js';
import { Upload } from '../kernel/upload.js';
import { createAdmin, logout, register } from '../modules/accounts/module.js';
import {
  registerDealer,
  reviewDealer,
  submitDealerForVerification,
  uploadDealerDocument,
} from '../modules/dealers/module.js';
import type { CatalogueDealer, CataloguePerson } from './catalogue.js';
import { onePagePdf } from './one-page-pdf.js';
import type { DemoPlan } from './plan.js';
import { DAY, HOUR } from './plan-rules.js';
import type { Replay } from './replay.js';

/** Of every demo account. It stands in the README: whoever shows the demo to others shows it with this password. */
export const DEMO_PASSWORD = 'carnegotiate-demo';

/** Who plays, by their places in the plan. */
export interface Cast {
  readonly dealers: readonly Viewer[];
  readonly buyers: readonly Viewer[];
}

/** Signs everybody up, dealers verified by the admin, before the first vehicle is listed. */
export async function signUpAll(replay: Replay, plan: DemoPlan): Promise<Cast> {
  const opened = replay.at(130 * DAY, null);
  const { userId } = await createAdmin(opened, { email: plan.admin.email, password: DEMO_PASSWORD });
  const admin = viewerOf(userId, 'ADMIN');
  const dealers: Viewer[] = [];
  for (const [index, dealer] of plan.dealers.entries()) {
    dealers.push(await openDealership(replay, 120 * DAY - index * 5 * HOUR, dealer, admin));
  }
  const buyers: Viewer[] = [];
  for (const [index, buyer] of plan.buyers.entries()) {
    // From 60 to 22 days ago: before anybody's first offer.
    buyers.push(await signUp(replay, 60 * DAY - index * 2 * DAY, buyer, 'BUYER'));
  }
  return { dealers, buyers };
}

/** Who acts in a replay: there is no token, so it has no session and never expires. */
export function viewerOf(id: string, userType: UserType): Viewer {
  return { id, userType, sessionId: randomUUID(), tokenExpiresAt: new Date(8.64e15) };
}

async function openDealership(
  replay: Replay,
  minutesAgo: number,
  dealer: CatalogueDealer,
  admin: Viewer,
): Promise<Viewer> {
  const viewer = await signUp(replay, minutesAgo, dealer, 'DEALER');
  const { email: _email, firstName: _firstName, lastName: _lastName, ...business } = dealer;
  const dealerId = await registerDealer(replay.at(minutesAgo - 20, viewer), {
    ...business,
    website: new URL(dealer.website),
  });
  await giveLicence(replay.at(minutesAgo - 25, viewer), dealer);
  await submitDealerForVerification(replay.at(minutesAgo - 30, viewer), {});
  await reviewDealer(replay.at(minutesAgo - 26 * HOUR, admin), { dealerId, decision: 'VERIFIED' });
  return viewer;
}

/** Made here, and given in as any other upload. */
async function giveLicence(
  ctx: Ctx,
  { businessName, licenseNumber, city, state }: CatalogueDealer,
): Promise<void> {
  const pdf = onePagePdf([
    'Dealer licence (sample)',
    `No. ${licenseNumber}`,
    businessName,
    `${city}, ${state}`,
  ]);
  await ctx.workspaces.with(async (directory) => {
    const path = join(directory, 'licence.pdf');
    await writeFile(path, pdf);
    const file = new Upload(path, pdf.length, 'Dealer licence.pdf');
    await uploadDealerDocument(ctx, { kind: 'DEALER_LICENSE', file });
  });
}

async function signUp(
  replay: Replay,
  minutesAgo: number,
  { email, firstName, lastName, phone }: Pick<CataloguePerson, 'email' | 'firstName' | 'lastName' | 'phone'>,
  userType: 'BUYER' | 'DEALER',
): Promise<Viewer> {
  const input = { email, password: DEMO_PASSWORD, userType, firstName, lastName, phone };
  const { userId, tokens } = await register(replay.at(minutesAgo, null), input);
  const viewer = viewerOf(userId, userType);
  // Nobody holds the tokens of this sign-in: no session stays open behind them.
  await logout(replay.at(minutesAgo - 15, viewer), tokens);
  return viewer;
}
