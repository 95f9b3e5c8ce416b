import { describe, expect, it } from 'vitest';
import { SetTypingDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { unknownIds, useScene } from './scene.js';

describe.each(databaseKinds)('setTyping on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const type = (who: { token: string | undefined }, negotiationId: string, typing = true) =>
    app.request(SetTypingDocument, { input: { negotiationId, typing } }, who);

  /** What the bus says of a negotiation while `work` runs. */
  async function heard(negotiationId: string, work: () => Promise<unknown>): Promise<unknown[]> {
    const messages: unknown[] = [];
    const stop = app.system.services.bus.subscribe(`typing:${negotiationId}`, (message) =>
      messages.push(message),
    );
    await work();
    // The memory bus delivers in a later turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    return messages;
  }

  it('tells who is writing and who has left off, over the bus alone', async () => {
    const { id } = await scene.open();
    const messages = await heard(id, async () => {
      const statements = await app.statements(async () => {
        expect((await type(scene.buyer, id)).data).toEqual({ setTyping: { success: true } });
        expect((await type(scene.dealer, id, false)).data).toEqual({ setTyping: { success: true } });
      });
      expect(statements.filter((sql) => !/^\s*select/.test(sql))).toEqual([]);
    });
    expect(messages).toEqual([
      { party: 'BUYER', typing: true },
      { party: 'DEALER', typing: false },
    ]);
  });

  const [over, held] = [48 * HOUR, 7 * DAY];
  it.each([
    ['is agreed on', 'OK', (n: Negotiation) => scene.accept(scene.dealer, n)],
    ['has lapsed', 'NEGOTIATION_ENDED', async () => app.clock.advance(over)],
    [
      'was agreed on and not sold in time',
      'NEGOTIATION_ENDED',
      async (n: Negotiation) => {
        await scene.accept(scene.dealer, n);
        app.clock.advance(held);
      },
    ],
    [
      'was cancelled',
      'NEGOTIATION_ENDED',
      ({ id: negotiationId }: Negotiation) => scene.done(scene.buyer, 'cancelNegotiation', { negotiationId }),
    ],
  ])('answers, once it %s, %s', async (_when, code, bring) => {
    const negotiation = await scene.open();
    await bring(negotiation);
    const messages = await heard(negotiation.id, async () => {
      for (const who of [scene.buyer, scene.dealer]) {
        const response = await type(who, negotiation.id);
        expect(response.errors ? app.errorOf(response).code : 'OK').toBe(code);
      }
    });
    expect(messages).toHaveLength(code === 'OK' ? 2 : 0);
  });
  type Negotiation = Awaited<ReturnType<typeof scene.open>>;

  it.each([
    ['a rival buyer', async (): Promise<Partial<Person>> => scene.rival, 'NOT_FOUND'],
    ['another dealer', () => app.build.dealer(), 'NOT_FOUND'],
    ['an admin', () => app.build.admin(), 'FORBIDDEN'],
    ['a guest', async (): Promise<Partial<Person>> => ({}), 'UNAUTHENTICATED'],
  ])('refuses %s and says nothing on the bus', async (_who, make, code) => {
    const { id } = await scene.open();
    const who = { token: (await make()).token };
    const messages = await heard(id, async () => {
      expect(await scene.refused(() => type(who, id))).toMatchObject({ code });
    });
    expect(messages).toEqual([]);
  });

  it('is taken 20 times in a second from one account', async () => {
    const { id, buyer } = await scene.open({ buyer: await app.build.buyer() });
    const codes = (who: Person) =>
      Promise.all(
        Array.from({ length: 40 }, async () => {
          const response = await type(who, id);
          return response.errors ? app.errorOf(response).code : 'OK';
        }),
      );
    const busy = await codes(buyer);
    // On a machine that dawdles they come in two seconds.
    expect(busy.filter((code) => code === 'OK').length).toBeGreaterThanOrEqual(20);
    expect(busy).toContain('RATE_LIMITED');
    expect(app.errorOf(await type(scene.rival, id)).code).toBe('NOT_FOUND');
    expect((await type(scene.dealer, id)).errors).toBeUndefined();
  });

  it.each(unknownIds)('knows no negotiation %j', async (id) => {
    expect(await scene.refused(() => type(scene.buyer, id))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
