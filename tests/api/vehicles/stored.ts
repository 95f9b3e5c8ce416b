import type { VehicleStatus } from '../../generated/operations.js';
import type { TestApp } from '../../support/app.js';

/** Every vehicle, price and photo, whole: what a refusal must leave as it was. */
export async function stored(app: TestApp) {
  const connection = app.orm.em.fork().getConnection();
  return {
    vehicles: await connection.execute('select * from vehicles order by id'),
    prices: await connection.execute('select * from price_changes order by id'),
    images: await connection.execute('select * from vehicle_images order by id'),
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

/** Puts a vehicle where only a negotiation could bring it. */
export async function setStatus(app: TestApp, id: string, status: VehicleStatus): Promise<void> {
  await app.orm.em
    .fork()
    .getConnection()
    .execute('update vehicles set status = ? where id = ?', [status, id]);
}

/** What the bus says of vehicles while `work` runs: their ids. */
export async function announced(app: TestApp, id: string, work: () => Promise<unknown>): Promise<unknown[]> {
  const heard: unknown[] = [];
  const stop = app.system.services.bus.subscribe(`vehicle:${id}`, (message) => heard.push(message.id));
  await work();
  // The memory bus delivers in a later turn of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop();
  return heard;
}

/** The people who may not touch a dealer's vehicle, and the code with which each is refused while it is on view. */
export async function strangers(app: TestApp) {
  return [
    { who: undefined, code: 'UNAUTHENTICATED' },
    { who: await app.build.buyer(), code: 'FORBIDDEN' },
    { who: await app.build.admin(), code: 'FORBIDDEN' },
    { who: await app.build.register({ userType: 'DEALER' }), code: 'FORBIDDEN' },
    { who: await app.build.dealer(), code: 'FORBIDDEN' },
  ];
}

export const unknownIds = ['0190a0a0-0000-7000-8000-000000000000', '1', '', 'a\u0000'];
