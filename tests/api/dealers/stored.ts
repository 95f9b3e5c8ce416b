import { type EventClass, Listeners, on } from '../../../src/kernel/events.js';
import { listenersPart } from '../../../src/kernel/unit-of-work.js';
import type { TestApp } from '../../support/app.js';

/** Every dealership and notification, whole: what a refusal must leave as it was. */
export async function stored(app: TestApp): Promise<unknown> {
  const connection = app.orm.em.fork().getConnection();
  return {
    dealers: await connection.execute('select * from dealers order by id'),
    notifications: await connection.execute('select * from notifications order by id'),
  };
}

/** Runs what must be refused, and proves that nothing changed. Returns what the refusal says. */
export async function refused(app: TestApp, work: () => ReturnType<TestApp['request']>) {
  const before = await stored(app);
  const error = app.errorOf(await work());
  const after = await stored(app);
  if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error('The refusal changed something');
  return error;
}

/** What the rooms above are told of one kind while `work` runs; they themselves do not listen meanwhile. */
export async function eventsDuring<E extends object>(
  app: TestApp,
  kind: EventClass<E>,
  work: () => Promise<unknown>,
) {
  const heard: object[] = [];
  const { parts } = app.system.services;
  const listeners = parts.get(listenersPart);
  parts.set(listenersPart, new Listeners([on(kind, (_tx, event) => void heard.push({ ...event }))]));
  try {
    await work();
  } finally {
    parts.set(listenersPart, listeners);
  }
  return heard;
}
