import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { type Following, levelFollowers, until, upTo, useLive } from '../../support/live.js';

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }`;
const UPDATE = `mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }`;
const SAVE = `mutation ($id: ID!) { saveVehicle(input: { id: $id }) { vehicle { id } } }`;

/** The vehicle's description is no part of what is read once for all: each execution reads it anew. */
const EVENTS = `subscription ($id: ID!, $after: Int) {
  negotiationEvents(negotiationId: $id, after: $after) { sequence negotiation { vehicle { description } } }
}`;
const vehicleUpdated = (fields: string) =>
  `subscription ($id: ID!) { vehicleUpdated(vehicleId: $id) { askingPrice description ${fields} } }`;

/** Reads that are planned from a selection, and not the mutation's own. */
const executions = (statements: readonly string[]) =>
  statements.filter((statement) => / as "c0".*"description"/s.test(statement)).length;

describe('what subscribers are told', () => {
  const app = useApp('sqlite');
  const live = useLive(app);

  const say = (negotiationId: string, person: Person) =>
    app.ok(SEND, { input: { negotiationId, body: 'Hello.' } }, person);
  const all = (followings: ReadonlyArray<Following<unknown>>, n: number) =>
    Promise.all(followings.map((following) => following.take(n)));
  const listening = async (
    { id }: { id: string },
    people: ReadonlyArray<Person | undefined>,
    query: string,
  ) => {
    const followings: Following<unknown>[] = [];
    for (const person of people) followings.push(await live.listen(person, `vehicle:${id}`, query, { id }));
    return followings;
  };
  const reprice = ({ id, dealer }: { id: string; dealer: Person }, askingPrice: string) =>
    app.ok(UPDATE, { input: { id, askingPrice } }, dealer);

  it('is found out once for all who ask the same, from whatever place they follow', async () => {
    const { id, buyer } = await app.build.negotiation();
    await say(id, buyer);
    const followings = await Promise.all(
      [undefined, 0, 1, 2, 2].map((after) => live.client(buyer).follow(EVENTS, { id, after })),
    );
    await until('all to be live', () => levelFollowers(app) === 5);
    const [one, two] = followings as [Following<unknown>, Following<unknown>];
    await two.take(2);
    const before = followings.map(({ results }) => results.length);
    const statements = await app.statements(async () => {
      await say(id, buyer);
      await until('all to be told', () =>
        followings.every((f, n) => f.results.length > (before[n] as number)),
      );
    });
    expect(executions(statements)).toBe(1);
    expect(two.results).toHaveLength(3);
    for (const { results } of followings) expect(results.at(-1)).toEqual(one.results[0]);
  });

  it('is told to each person as it is for that person, event by event', async () => {
    const { id, buyer, dealer } = await app.build.negotiation();
    const query = `subscription ($id: ID!) {
      negotiationEvents(negotiationId: $id) { sequence negotiation { unreadCount } }
    }`;
    const people = [buyer, dealer, buyer, dealer];
    const followings = people.map((person) => live.client(person).follow(query, { id }));
    await until('all to be live', () => levelFollowers(app) === 4);
    const ofDealer = (sequence: number) => ({
      negotiationEvents: { sequence, negotiation: { unreadCount: sequence } },
    });
    for (const n of upTo(3)) {
      await say(id, buyer);
      await all(followings, n);
    }
    const [ofBuyer, ofOther, again, otherAgain] = followings.map(({ results }) => results);
    expect(ofOther).toEqual([2, 3, 4].map(ofDealer));
    expect(otherAgain).toEqual(ofOther);
    expect(again).toEqual(ofBuyer);
    expect(ofBuyer).not.toEqual(ofOther);
  });

  it('is found out once for strangers, where nothing asks who they are', async () => {
    const vehicle = await app.build.vehicle();
    const people = [undefined, await app.build.buyer(), await app.build.buyer(), vehicle.dealer];
    const followings = await listening(vehicle, people, vehicleUpdated('status'));
    for (const n of upTo(2)) {
      const statements = await app.statements(async () => {
        await reprice(vehicle, `${19_000 + n}`);
        await all(followings, n);
      });
      expect(executions(statements)).toBe(1);
    }
    for (const { results } of followings)
      expect(results.at(-1)).toEqual({
        vehicleUpdated: { askingPrice: '19002.00', description: null, status: 'ACTIVE' },
      });
  });

  it('is one’s own where something does', async () => {
    const vehicle = await app.build.vehicle();
    const [saver, other] = [await app.build.buyer(), await app.build.buyer()];
    await app.ok(SAVE, { id: vehicle.id }, saver);
    const people = [undefined, saver, other, saver];
    const followings = await listening(vehicle, people, vehicleUpdated('isSaved'));
    for (const n of upTo(3)) {
      await reprice(vehicle, `${19_000 + n}`);
      await all(followings, n);
    }
    const saved = followings.map(({ results }) =>
      (results as Array<{ vehicleUpdated: { isSaved: boolean } }>).map((r) => r.vehicleUpdated.isSaved),
    );
    expect(saved).toEqual([
      [false, false, false],
      [true, true, true],
      [false, false, false],
      [true, true, true],
    ]);
  });

  it('is one’s own where the place in the stream stands elsewhere in the document, too', async () => {
    const { id, buyer } = await app.build.negotiation();
    const query = `subscription ($id: ID!, $after: Int) {
      negotiationEvents(negotiationId: $id, after: $after) {
        sequence negotiation { events(first: $after) { nodes { sequence } } }
      }
    }`;
    await say(id, buyer);
    const [one, two] = [1, 2].map((after) => live.client(buyer).follow(query, { id, after }));
    await until('both to be live', () => levelFollowers(app) === 2);
    await say(id, buyer);
    const nodes = (n: number) => upTo(n).map((sequence) => ({ sequence }));
    expect((await one?.take(2))?.[1]).toMatchObject({
      negotiationEvents: { sequence: 3, negotiation: { events: { nodes: nodes(1) } } },
    });
    expect((await two?.take(1))?.[0]).toMatchObject({
      negotiationEvents: { sequence: 3, negotiation: { events: { nodes: nodes(2) } } },
    });
  });
});
