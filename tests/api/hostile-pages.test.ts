import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLField, getNamedType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { BuiltNegotiation, Person } from '../support/builders.js';
import { giveDocument } from '../support/documents.js';
import { wholeSelection } from './access/whole-selection.js';
import { HEADER, rowOf, sent } from './vehicles/bulk/files.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const SAVE = 'mutation ($input: VehicleIdInput!) { saveVehicle(input: $input) { vehicle { id } } }';
const SUBMIT = 'mutation { submitDealerForVerification(input: {}) { dealer { id } } }';
const PAGING = ['first', 'after', 'last', 'before'];

/** Every field that takes pages, wherever it is, as `Type.field`. */
const paged = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
  )
  .filter(([, field]) => ['first', 'after'].every((name) => field.args.some((arg) => arg.name === name)));

describe.each(databaseKinds)('hostile pages on %s', (kind) => {
  const app = useApp(kind);
  let negotiation: BuiltNegotiation;
  let admin: Person;
  /** How to get to the fields that are not at the root. */
  let below: Record<string, (selection: string) => string>;

  beforeAll(async () => {
    negotiation = await app.build.negotiation();
    admin = await app.build.admin();
    const { id, dealer, vehicle } = negotiation;
    await app.ok(SAVE, { input: { id: vehicle.id } }, dealer);
    await sent(app, dealer, `${HEADER}\n${rowOf(app.build.vin())}\n`);
    const waiting = await app.build.dealer({ verified: false });
    await giveDocument(app, waiting);
    await app.ok(SUBMIT, {}, waiting);
    below = {
      'Dealer.vehicles': (selection) => `dealer(id: "${dealer.dealerId}") { ${selection} }`,
      'Negotiation.events': (selection) => `negotiation(id: "${id}") { ${selection} }`,
    };
  });

  function ask(name: string, field: GraphQLField<unknown, unknown>, variables: Record<string, unknown>) {
    const args = field.args.filter((arg) => PAGING.includes(arg.name));
    const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
    const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
    const call = `${field.name}(${given}) ${wholeSelection(getNamedType(field.type), 1)}`;
    const at = name.startsWith('Query.') ? call : below[name]?.(call);
    if (!at) throw new Error(`Say how to get to ${name}`);
    return app.request<Record<string, unknown>, object>(
      `query (${declared}) { ${at} }`,
      variables,
      name === 'Query.dealersAwaitingReview' ? admin : negotiation.dealer,
    );
  }

  it.each(paged)('%s refuses sizes that no page has', async (name, field) => {
    for (const size of field.args.filter(({ name: arg }) => arg === 'first' || arg === 'last')) {
      for (const value of [-(2 ** 31), -1, 0, 101, 2 ** 31 - 1]) {
        const refusal = app.errorOf(await ask(name, field, { [size.name]: value }));
        expect(refusal).toEqual({
          code: 'BAD_USER_INPUT',
          statusCode: 400,
          message: `${size.name}: Ensure this value is between 1 and 100.`,
          fields: { [size.name]: ['Ensure this value is between 1 and 100.'] },
        });
      }
    }
  });

  it.each(paged)('%s refuses cursors that it did not give', async (name, field) => {
    const { data } = await ask(name, field, { first: 1 });
    const genuine = /"endCursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1] ?? '';
    const [body = '', signature = ''] = genuine.split('.');
    const other = Buffer.from('[0,"0190a0a0-0000-7000-8000-000000000000"]').toString('base64url');
    const forged = [
      '',
      '.',
      'x',
      '\u0000',
      body,
      `${body}.`,
      `.${signature}`,
      `${other}.${signature}`,
      `${body}.${signature.slice(0, -1)}`,
      `${body}A.${signature}`,
      Buffer.from('{"__proto__":1}').toString('base64'),
      Buffer.from("' or 1=1 --").toString('base64url'),
      app.system.services.cursors.sign('of another list', [0, 'x']),
      genuine.repeat(1_000),
    ];
    for (const cursor of field.args.filter(({ name: arg }) => arg === 'after' || arg === 'before')) {
      for (const value of forged) {
        const { code, fields } = app.errorOf(await ask(name, field, { [cursor.name]: value }));
        expect([value, code, Object.keys(fields ?? {})]).toEqual([value, 'BAD_USER_INPUT', [cursor.name]]);
      }
      const { errors } = await ask(name, field, { [cursor.name]: genuine });
      expect(errors).toBeUndefined();
    }
  });

  it('refuses a cursor of another order, and both ends at once', async () => {
    const listing = (args: string) =>
      app.request<{ vehicles: { pageInfo: { endCursor: string } } }, object>(
        `{ vehicles(${args}) { pageInfo { endCursor } } }`,
      );
    const { data } = await listing('orderBy: PRICE_ASC, first: 1');
    const after = `after: "${data?.vehicles.pageInfo.endCursor}"`;
    expect((await listing(`orderBy: PRICE_ASC, ${after}`)).errors).toBeUndefined();
    expect(app.errorOf(await listing(`orderBy: PRICE_DESC, ${after}`)).fields).toEqual({
      after: ['This cursor is not one that this list gave.'],
    });
    expect(app.errorOf(await listing('first: 1, last: 1')).fields).toEqual({
      last: ['Give first or last, not both.'],
    });
  });
});
