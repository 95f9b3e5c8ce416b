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
