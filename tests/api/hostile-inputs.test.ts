import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLField, getNamedType } from 'graphql';
import type { Client } from 'graphql-ws';
import { beforeAll, describe, expect, it } from 'vitest';
import { statusOfCode } from '../../src/kernel/errors.js';
import { type ApiError, databaseKinds, useApp } from '../support/app.js';
import { mutations } from './access/mutations.js';
import { queries } from './access/queries.js';
import { type Role, roles, Stage } from './access/stage.js';
import { storedIn } from './access/stored.js';
import { subscriptions } from './access/subscriptions.js';
import type { AccessRow } from './access/table.js';
import { wholeSelection } from './access/whole-selection.js';
import { type Place, placesOf, poison, put, takesText, wrongFor } from './hostile/places.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const allowed = ['shown', 'done', 'told', 'own'];

/** What a poisoned text comes to where it is not BAD_USER_INPUT under the name of its field. */
const otherwise: Readonly<Record<string, string>> = {
  'LoginInput.password': 'INVALID_CREDENTIALS',
  'LogoutInput.refreshToken': 'UNAUTHENTICATED',
  'RefreshTokenInput.refreshToken': 'UNAUTHENTICATED',
  // What it would be like is no part of a list, but the thing that was asked about.
  'similarVehicles.vehicleId': 'NOT_FOUND',
  'previewNegotiationRules.vehicleId': 'NOT_FOUND',
  'offerInsight.vehicleId': 'NOT_FOUND',
  // Not one thing that is not there, but a list that is not the whole.
  'ReorderVehicleImagesInput.imageIds': 'BAD_USER_INPUT',
};

interface Target {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly row: AccessRow;
  readonly document: string;
  readonly places: readonly Place[];
}

/** One for each root field that takes arguments: every argument a variable, on something that somebody may do. */
function targetsOf(kind: Target['kind'], rows: readonly AccessRow[]): Target[] {
  const fields = Object.values(schema.getRootType(kind as never)?.getFields() ?? {});
  return fields
    .filter(({ args }) => args.length > 0)
    .map((field) => {
      const row = rows.find(
        (r) => r.field === field.name && roles.some((role) => allowed.includes(r.outcomes[role])),
      );
      if (!row) throw new Error(`Nobody may do ${field.name}`);
      return { kind, row, document: documentFor(kind, field), places: placesOf(field.args) };
    });
}

function documentFor(kind: string, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const variables = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${kind} (${variables}) { ${name}(${given}) ${wholeSelection(getNamedType(type), 1)} }`;
}

const overHttp = [...targetsOf('query', queries), ...targetsOf('mutation', mutations)];
const named = (targets: readonly Target[]) => targets.map((t) => [t.row.field, t] as [string, Target]);

/** The codes of a refusal; each error must have one of the contract's, and its status. */
function codesOf(errors: readonly ApiError[] | undefined): string[] {
  return (errors ?? []).map(({ message, extensions: { code, statusCode } }) => {
    if (statusOfCode[code as keyof typeof statusOfCode] !== statusCode || !message)
      throw new Error(`${code} ${statusCode}: ${message}`);
    return code;
  });
}

describe.each(databaseKinds)('hostile input on %s', (kind) => {
  const app = useApp(kind);
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.set(app);
  });

  async function prepare({ row }: Target) {
    await stage.reset();
    const role = roles.find((r) => allowed.includes(row.outcomes[r])) as Role;
    const { variables = {} } = await row.arrange(stage);
    return { variables, options: stage.token(role), before: await storedIn(app) };
  }

  async function codesOverSocket(client: Client, query: string, variables: object): Promise<string[]> {
    const results = client.iterate({ query, variables: variables as Record<string, unknown> });
    const first = await results.next().catch((errors: unknown) => ({ value: { errors } }));
    await results.return?.();
    return codesOf(first.value?.errors as ApiError[] | undefined);
  }

  // The schema refuses them before there is a database to ask: which one it is makes no difference.
  const refusedUnasked = kind === 'sqlite' ? overHttp : [];
  it.each(named(refusedUnasked))('%s refuses values of a wrong type', async (_name, target) => {
    const { variables, options, before } = await prepare(target);
    const client = app.socket(options.token);
    const refusal = async (place: Place, value: unknown, index: number) => {
      const hostile = put(variables, place.path, value);
      const said = `${place.name}: ${JSON.stringify(value)}`;
      const response = await app.request(target.document, hostile, options);
      expect([said, response.status, response.data ?? null]).toEqual([said, 400, null]);
      // Where one value of several is given, the others are missing, and each is told.
      expect([said, ...new Set(codesOf(response.errors))]).toEqual([said, 'BAD_USER_INPUT']);
      // The schema is the same: the first shows that a socket tells it alike.
      if (index > 0) return;
      // Over a socket no file comes: it is wrong too.
      const codes = new Set(await codesOverSocket(client, target.document, hostile));
      expect([said, ...codes]).toEqual([said, 'BAD_USER_INPUT']);
    };
    for (const place of target.places) {
      await Promise.all(wrongFor(place).map((value, index) => refusal(place, value, index)));
    }
    await client.dispose();
    expect(await storedIn(app)).toEqual(before);
  });

  it.each(named(overHttp))('%s refuses texts that no database should see', async (field, target) => {
    const { variables, options, before } = await prepare(target);
    for (const place of target.places.filter(takesText)) {
      for (const [what, text] of Object.entries(poison)) {
        const response = await app.request(target.document, put(variables, place.path, text), options);
        const said = `${place.name}: ${what}`;
        const codes = codesOf(response.errors);
        // An id that cannot be names nothing; a list that it narrows is empty.
        if (place.type.name === 'ID' && target.kind === 'query')
          expect([said, ...codes]).toEqual([said, ...[otherwise[`${field}.${place.name}`] ?? []].flat()]);
        else if (place.type.name === 'ID')
          expect([said, ...codes]).toEqual([said, otherwise[place.name] ?? 'NOT_FOUND']);
        else expect([said, ...codes]).toEqual([said, otherwise[place.name] ?? 'BAD_USER_INPUT']);
        const named = Object.keys(response.errors?.[0]?.extensions.fields ?? {});
        if (place.type.name === 'String' && !otherwise[place.name]) {
          expect([said, ...named]).toEqual([said, place.path.findLast((key) => typeof key === 'string')]);
        }
      }
    }
    expect(await storedIn(app)).toEqual(before);
    // What all this was put into would have been taken.
    const { errors } = await app.request(target.document, variables, options);
    expect(errors).toBeUndefined();
  });

  const live = targetsOf('subscription', subscriptions);
  it.each(named(live))(
    '%s refuses values of a wrong type, and texts that name nothing',
    async (_name, target) => {
      const { variables, options, before } = await prepare(target);
      const client = app.socket(options.token);
      const codesFor = (place: Place, value: unknown) =>
        codesOverSocket(client, target.document, put(variables, place.path, value));
      for (const place of target.places) {
        for (const value of wrongFor(place)) expect(await codesFor(place, value)).toEqual(['BAD_USER_INPUT']);
        if (!takesText(place)) continue;
        for (const text of ['', '0', 'a\u0000b', 'a\ud800b', 'x'.repeat(60_000)]) {
          expect(await codesFor(place, text)).toEqual(['NOT_FOUND']);
        }
      }
      await client.dispose();
      expect(await storedIn(app)).toEqual(before);
    },
  );

  it.each(['negotiationEvents', 'notificationReceived'])(
    '%s refuses a place before the beginning',
    async (field) => {
      const target = live.find(({ row }) => row.field === field) as Target;
      const { variables, options } = await prepare(target);
      const client = app.socket(options.token);
      for (const after of [-1, -(2 ** 31)]) {
        const codes = await codesOverSocket(client, target.document, { ...variables, after });
        expect(codes).toEqual(['BAD_USER_INPUT']);
      }
      await client.dispose();
    },
  );
});
