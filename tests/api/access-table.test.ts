import { readFileSync } from 'node:fs';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import { hear } from './access/hearing.js';
import { mutations } from './access/mutations.js';
import { queries } from './access/queries.js';
import { type Role, roles, Stage } from './access/stage.js';
import { rowsAbout, storedIn } from './access/stored.js';
import { subscriptions } from './access/subscriptions.js';
import type { AccessRow, Arranged } from './access/table.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const named = (rows: readonly AccessRow[]) =>
  rows.map((row) => [`${row.field} on ${row.on}`, row] as [string, AccessRow]);

describe('the access table', () => {
  const tables = { Query: queries, Mutation: mutations, Subscription: subscriptions };

  it.each(Object.entries(tables))('has a row for each field of %s, and no other', (type, rows) => {
    const fields = Object.keys(schema.getRootType(type.toLowerCase() as never)?.getFields() ?? {});
    expect([...new Set(rows.map((row) => row.field))].sort()).toEqual(fields.sort());
  });

  it.each(Object.values(tables).flatMap(named))('tries what it says: %s', (_name, row) => {
    const operation = parse(row.document).definitions[0] as OperationDefinitionNode;
    const fields = operation.selectionSet.selections.map((node) => 'name' in node && node.name.value);
    expect(fields).toEqual([row.field]);
    expect(Object.keys(row.outcomes).sort()).toEqual([...roles].sort());
  });
});

describe.each(databaseKinds)('access on %s', (kind) => {
  const app = useApp(kind);
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.set(app);
  });

  const send = (row: AccessRow, role: Role, { variables }: Arranged) =>
    app.request<Record<string, unknown>, object>(row.document, variables ?? {}, stage.token(role));

  /** What is stored about the thing, where the role's own is to change instead; else nobody asks. */
  const rowsToKeep = async (row: AccessRow, role: Role, { mark = '' }: Arranged): Promise<string | null> =>
    row.outcomes[role] === 'own' ? JSON.stringify(rowsAbout(await storedIn(app), mark)) : null;

  it.each(named(queries))('%s', async (_name, row) => {
    const arranged = await row.arrange(stage);
    const before = await storedIn(app);
    const seen: Record<string, string> = {};
    for (const role of roles) {
      const response = await send(row, role, arranged);
      const isShown = JSON.stringify(response.data).includes(arranged.mark as string);
      // A refusal must not carry the thing either.
      if (response.errors) seen[role] = isShown ? 'shown and refused' : app.errorOf(response).code;
      else seen[role] = isShown ? 'shown' : 'hidden';
    }
    expect(seen).toEqual(row.outcomes);
    expect(await storedIn(app)).toEqual(before);
  });

  it.each(named(mutations))('%s', async (_name, row) => {
    const seen: Partial<Record<Role, string>> = {};
    const may = (role: Role) => ['done', 'own'].includes(row.outcomes[role]);
    await stage.reset();

    const arranged = await row.arrange(stage);
    const before = await storedIn(app);
    for (const role of roles.filter((other) => !may(other))) {
      const response = await send(row, role, arranged);
      seen[role] = response.errors ? app.errorOf(response).code : 'done';
    }
    expect(await storedIn(app), 'what is refused changes nothing').toEqual(before);
    for (const [index, role] of roles.filter(may).entries()) {
      // The first is still as it was arranged: nobody has changed anything.
      const anew = index === 0 ? arranged : await row.arrange(stage);
      const asItWas = await rowsToKeep(row, role, anew);
      const response = await send(row, role, anew);
      const isOwn = asItWas !== null && asItWas === (await rowsToKeep(row, role, anew));
      if (response.errors) seen[role] = app.errorOf(response).code;
      else seen[role] = isOwn ? 'own' : 'done';
    }
    expect(seen).toEqual(row.outcomes);
  });

  it.each(named(subscriptions))('%s', async (_name, row) => {
    const arranged = await row.arrange(stage);
    expect(await hear(stage, row, arranged)).toEqual(row.outcomes);
  });
});
