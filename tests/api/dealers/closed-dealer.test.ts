import { beforeAll, describe, expect, it } from 'vitest';
import { createAdmin } from '../../../src/modules/accounts/module.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltNegotiation, BuiltVehicle, DealerPerson } from '../../support/builders.js';
import { fileOf, licence } from '../../support/documents.js';
import { move } from '../../support/moves.js';
import { leave, refusalOf, staleToken } from '../accounts/leaving.js';

const DEALERS = `query ($filter: DealerFilter) { dealers(filter: $filter, first: 100) { totalCount nodes { id } } }`;
const DEALER = 'query ($id: ID!) { dealer(id: $id) { id } }';
type Dealers = { dealers: { totalCount: number; nodes: Array<{ id: string }> } };

describe.each(databaseKinds)('a dealership whose owner has deleted its account, on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let other: DealerPerson;
  let sold: BuiltNegotiation;
  let [draft, active, archived] = [] as unknown as [BuiltVehicle, BuiltVehicle, BuiltVehicle];
  let archivedAt: unknown;

  const run = (sql: string, values: unknown[]): Promise<Array<Record<string, unknown>>> =>
    app.orm.em.fork().getConnection().execute(sql, values);
  const row = async () => (await run('select * from dealers where id = ?', [dealer.dealerId]))[0];
  const vehicleRow = async ({ id }: { id: string }) =>
    (await run('select status, updated_at from vehicles where id = ?', [id]))[0];

  beforeAll(async () => {
    other = await app.build.dealer({ businessName: 'Aardvark Autos' });
    dealer = await app.build.dealer({ businessName: 'Beaver Autos', city: 'Waco', state: 'TX' });
    await run(
      `update dealers set license_number = 'L-SECRET', description = 'Family owned', phone = '555-0199',
        website = 'https://beaver.example', address = '1 Dam Road', postal_code = '76701', latitude = 31.5,
        longitude = -97.1, rejection_reason = 'Blurred scan', submission_note = 'Call my cell', submitted_at = 1
        where id = ?`,
      [dealer.dealerId],
    );
    sold = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    await move(app, dealer, 'acceptOffer', { negotiationId: sold.id, offerId: sold.offerId });
    await move(app, dealer, 'completeSale', { negotiationId: sold.id });
    draft = await app.build.vehicle(dealer, { publish: false });
    active = await app.build.vehicle(dealer);
    archived = await app.build.vehicle(dealer);
    const ARCHIVE = 'mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }';
    await app.ok(ARCHIVE, { input: { id: archived.id } }, dealer);
    archivedAt = (await vehicleRow(archived))?.updated_at;
    app.clock.advance(1_000);
    await leave(app, dealer);
  });

  it('keeps its name and town, and nothing else that it told of itself', async () => {
    const now = app.clock.now().getTime();
    const isNow = expect.toSatisfy((at) => Number(at) === now);
    expect(await row()).toEqual({
      id: dealer.dealerId,
      user_id: dealer.id,
      created_at: expect.anything(),
      updated_at: isNow,
      closed_at: isNow,
      business_name: 'Beaver Autos',
      city: 'Waco',
      state: 'TX',
      license_number: '',
      description: null,
      phone: null,
      website: null,
      address: null,
      postal_code: null,
      latitude: null,
      longitude: null,
      verification_status: 'UNVERIFIED',
      verified_at: null,
      rejection_reason: null,
      submission_note: null,
      submitted_at: null,
    });
  });

  it('has what it listed archived, and leaves the rest as it was', async () => {
    const now = app.clock.now().getTime();
    for (const vehicle of [draft, active]) {
      const stored = await vehicleRow(vehicle);
      expect([stored?.status, Number(stored?.updated_at)]).toEqual(['ARCHIVED', now]);
    }
    expect(await vehicleRow(archived)).toEqual({ status: 'ARCHIVED', updated_at: archivedAt });
    expect(await vehicleRow(sold.vehicle)).toMatchObject({ status: 'SOLD' });
    const { vehicles } = await app.ok<{ vehicles: { totalCount: number } }, object>(
      '{ vehicles { totalCount } }',
    );
    expect(vehicles.totalCount).toBe(0);
  });

  it.each([
    ['all', {}, true],
    ['of its state', { state: 'TX' }, true],
    ['of its city', { city: 'Waco' }, false],
    ['by its name', { search: 'beaver' }, false],
  ])('stands in no list of dealers: %s', async (_which, filter, showsOther) => {
    const { dealers } = await app.ok<Dealers, object>(DEALERS, { filter });
    const expected = showsOther ? [other.dealerId] : [];
    expect(dealers).toEqual({ totalCount: expected.length, nodes: expected.map((id) => ({ id })) });
  });

  it('is found by nobody under its id', async () => {
    const admin = await app.build.admin();
    for (const who of [{}, sold.buyer, other, admin]) {
      expect(await app.ok(DEALER, { id: dealer.dealerId }, who)).toEqual({ dealer: null });
    }
  });

  it('is named by what hangs on it: a negotiation to its buyer, a sold vehicle to everybody', async () => {
    const shown = 'dealer { id businessName city state phone isVerified licenseNumber activeVehicleCount }';
    const named = {
      id: dealer.dealerId,
      businessName: 'Beaver Autos',
      city: 'Waco',
      state: 'TX',
      phone: null,
      isVerified: false,
      licenseNumber: null,
      activeVehicleCount: 0,
    };
    const thread = `query ($id: ID!) { negotiation(id: $id) { status ${shown} } }`;
    expect(await app.ok(thread, { id: sold.id }, sold.buyer)).toEqual({
      negotiation: { status: 'COMPLETED', dealer: named },
    });
    const listing = `query ($id: ID!) { vehicle(id: $id) { status ${shown} } }`;
    for (const who of [{}, await app.build.admin()]) {
      expect(await app.ok(listing, { id: sold.vehicle.id }, who)).toEqual({
        vehicle: { status: 'SOLD', dealer: named },
      });
    }
  });

  it('is reviewed no more', async () => {
    const admin = await app.build.admin();
    const document =
      'mutation ($input: ReviewDealerInput!) { reviewDealer(input: $input) { dealer { id } } }';
    const input = { dealerId: dealer.dealerId, decision: 'VERIFIED' };
    expect(await refusalOf(app, () => app.request(document, { input }, admin))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('does nothing more by a token that has outlived the account', async () => {
    const stale = await staleToken(app, dealer.id, 'DEALER');
    const car = {
      vin: app.build.vin(),
      make: 'Kia',
      model: 'Rio',
      year: 2020,
      mileage: 1,
      askingPrice: '9000',
    };
    const tries: ReadonlyArray<[field: string, type: string, input: object, code: string]> = [
      ['createVehicle', 'CreateVehicleInput', { ...car, publish: false }, 'FORBIDDEN'],
      ['createVehicle', 'CreateVehicleInput', { ...car, publish: true }, 'FORBIDDEN'],
      ['publishVehicle', 'VehicleIdInput', { id: archived.id }, 'NOT_FOUND'],
      ['updateVehicle', 'UpdateVehicleInput', { id: draft.id, trim: 'LX' }, 'NOT_FOUND'],
      ['deleteVehicle', 'VehicleIdInput', { id: draft.id }, 'NOT_FOUND'],
      ['updateDealer', 'UpdateDealerInput', { phone: '555-0100' }, 'NOT_FOUND'],
      ['submitDealerForVerification', 'SubmitDealerForVerificationInput', {}, 'NOT_FOUND'],
      [
        'uploadDealerDocument',
        'UploadDealerDocumentInput',
        { kind: 'OTHER', file: fileOf(licence) },
        'NOT_FOUND',
      ],
      [
        'registerDealer',
        'RegisterDealerInput',
        { businessName: 'Again', licenseNumber: '1', city: 'Waco', state: 'TX' },
        'TOKEN_REVOKED',
      ],
    ];
    for (const [field, type, input, code] of tries) {
      const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
      const refusal = await refusalOf(app, () => app.request(document, { input }, stale));
      expect([field, refusal.code]).toEqual([field, code]);
    }
    expect(await app.ok('{ myDealer { id } me { id } }', {}, stale)).toEqual({ myDealer: null, me: null });
  });

  it('closes too where its owner had become an admin', async () => {
    const promoted = await app.build.dealer();
    const vehicle = await app.build.vehicle(promoted);
    await app.build.admin();
    await createAdmin(app.system.makeCtx(), { email: promoted.email });
    await leave(app, await app.build.login(promoted));
    expect(await vehicleRow(vehicle)).toMatchObject({ status: 'ARCHIVED' });
    expect(await app.ok(DEALER, { id: promoted.dealerId })).toEqual({ dealer: null });
  });
});
