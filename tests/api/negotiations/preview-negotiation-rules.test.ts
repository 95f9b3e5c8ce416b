import { describe, expect, it } from 'vitest';
import { SubmitOfferDocument, UpdateVehicleDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { ledgerOf } from '../../support/ledger.js';
import { unknownIds, useScene } from './scene.js';

const PREVIEW = `query ($vehicleId: ID!, $autoAcceptAt: Money, $autoDeclineBelow: Money) {
  previewNegotiationRules(
    vehicleId: $vehicleId, autoAcceptAt: $autoAcceptAt, autoDeclineBelow: $autoDeclineBelow
  ) { offers autoAccepted autoDeclined leftToAnswer agreementsLost }
}`;

interface Rules {
  autoAcceptAt?: string;
  autoDeclineBelow?: string;
}

type Figures = Record<'offers' | 'autoAccepted' | 'autoDeclined' | 'leftToAnswer' | 'agreementsLost', number>;

describe.each(databaseKinds)('previewNegotiationRules on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const ask = (who: Person, { id: vehicleId }: { id: string }, rules: Rules = {}) =>
    app.request<{ previewNegotiationRules: Figures }, object>(PREVIEW, { vehicleId, ...rules }, who);
  const preview = async (vehicle: BuiltVehicle, rules: Rules = {}) => {
    const { data, errors } = await ask(vehicle.dealer, vehicle, rules);
    if (!data) throw new Error(JSON.stringify(errors));
    return data.previewNegotiationRules;
  };
  const camry = (dealer: DealerPerson, more: object = {}) =>
    app.build.vehicle(dealer, { bodyType: 'SEDAN', ...more });
  const offer = (vehicle: BuiltVehicle, amount: string) =>
    app.build.negotiation({ vehicle, amount, buyer: scene.buyer });
  const submit = (id: string, amount: string, who: Person) =>
    app.ok(SubmitOfferDocument, { input: { negotiationId: id, amount } }, who);

  it('replays negotiations to the first answer of a rule, and counts the agreements lost', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await camry(dealer);
    // 60 %, 80 % and an agreement at 85 %.
    const agreed = await offer(await camry(dealer), '12000');
    await submit(agreed.id, '19000', dealer);
    await submit(agreed.id, '16000', scene.buyer);
    await submit(agreed.id, '18000', dealer);
    await submit(agreed.id, '17000', scene.buyer);
    const { offerId } = { offerId: (await scene.read(agreed, dealer)).currentOffer?.id as string };
    await scene.accept(dealer, { id: agreed.id, offerId });
    // 95 %, never answered, of a car of half the price.
    await offer(await camry(dealer, { askingPrice: '10000', bodyType: 'COUPE' }), '9500');

    const before = await ledgerOf(app);
    const figures = [
      await preview(vehicle),
      await preview(vehicle, { autoDeclineBelow: '12000.01' }),
      await preview(vehicle, { autoAcceptAt: '17000', autoDeclineBelow: '12000' }),
      await preview(vehicle, { autoAcceptAt: '19000.01', autoDeclineBelow: '16000.01' }),
      await preview(vehicle, { autoAcceptAt: '16000' }),
    ];
    const told = (
      offers: number,
      autoAccepted: number,
      autoDeclined: number,
      leftToAnswer: number,
      agreementsLost: number,
    ) => ({ offers, autoAccepted, autoDeclined, leftToAnswer, agreementsLost });
    expect(figures).toEqual([
      told(4, 0, 0, 4, 0),
      told(2, 0, 1, 1, 1),
      told(4, 2, 0, 2, 0),
      told(2, 0, 1, 1, 1),
      told(3, 2, 0, 1, 0),
    ]);
    expect(await ledgerOf(app)).toEqual(before);
  });

  it('compares with the same model at any price, and with the same body within 25 % of this price', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await camry(dealer);
    const offers = async (make: string, askingPrice: string, more: object = {}) => {
      const before = (await preview(vehicle)).offers;
      const other = await camry(dealer, { make, model: 'Camry', askingPrice, ...more });
      await offer(other, askingPrice);
      return (await preview(vehicle)).offers - before;
    };
    expect(await offers('TOYOTA', '90000', { bodyType: null })).toBe(1);
    expect(await offers('Kia', '15000')).toBe(1);
    expect(await offers('Kia', '25000')).toBe(1);
    expect(await offers('Kia', '14999.99')).toBe(0);
    expect(await offers('Kia', '25000.01')).toBe(0);
    expect(await offers('Kia', '20000', { bodyType: 'COUPE' })).toBe(0);
    expect(await offers('Kia', '20000', { bodyType: null })).toBe(0);
    await offer(await camry(scene.dealer), '15000');
    expect((await preview(vehicle)).offers).toBe(3);
    expect((await preview(await camry(dealer, { make: 'Lone', bodyType: null }))).offers).toBe(0);
  });

  it('takes an offer as a share of what was asked when it was made', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await camry(dealer);
    const other = await camry(dealer);
    await offer(other, '18000');
    await app.ok(UpdateVehicleDocument, { input: { id: other.id, askingPrice: '40000' } }, dealer);
    expect(await preview(vehicle, { autoAcceptAt: '18000' })).toMatchObject({ offers: 1, autoAccepted: 1 });
    expect(await preview(vehicle, { autoAcceptAt: '18000.01' })).toMatchObject({ autoAccepted: 0 });
  });

  it('looks back 90 days, and no further', async () => {
    const dealer = await app.build.dealer();
    const vehicle = await camry(dealer);
    await offer(vehicle, '15000');
    app.clock.advance(90 * DAY - 1);
    expect((await preview(vehicle)).offers).toBe(1);
    app.clock.advance(1);
    expect((await preview(vehicle)).offers).toBe(0);
  });

  it.each([
    [{ autoAcceptAt: '20000.01' }, 'autoAcceptAt'],
    [{ autoDeclineBelow: '20000.01' }, 'autoDeclineBelow'],
    [{ autoAcceptAt: '15000', autoDeclineBelow: '15000' }, 'autoDeclineBelow'],
    [{ autoAcceptAt: '0.99' }, 'autoAcceptAt'],
  ])('refuses %o, which the vehicle could not have', async (rules, field) => {
    const error = app.errorOf(await ask(scene.dealer, await scene.vehicle(), rules));
    expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', [field]]);
  });

  it.each(unknownIds)('finds no vehicle %j', async (id) => {
    expect(app.errorOf(await ask(scene.dealer, { id })).code).toBe('NOT_FOUND');
  });

  it('costs two statements, however many offers there are', async () => {
    const vehicle = await scene.vehicle();
    for (const amount of ['14000', '15000', '16000']) {
      await app.build.negotiation({ vehicle, amount });
      expect(await app.statements(() => preview(vehicle))).toHaveLength(2);
    }
  });
});
