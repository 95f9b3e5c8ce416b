import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../support/clock.js';
import { pause } from '../../support/live.js';
import { useScene } from '../negotiations/scene.js';

/** On SQLite whoever writes is alone from the beginning of its transaction. */
describe('an inbox for which somebody waits, on postgresql', () => {
  const scene = useScene('postgresql');
  const { app } = scene;

  async function someoneWaits(): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(
        app.orm.em.fork().getKysely(),
      );
      if (rows.length > 0) return;
      await pause(5);
    }
    throw new Error('Nobody waits');
  }

  it('tells of what comes later as later', async () => {
    const { dealer } = scene;
    await scene.open();
    let opened: Promise<unknown> = Promise.resolve();
    await app.orm.em.fork().transactional(async (em) => {
      await sql`update inboxes set last_sequence = last_sequence where user_id = ${dealer.id}`.execute(
        em.getKysely(),
      );
      opened = scene.open();
      await someoneWaits();
      app.clock.advance(MINUTE);
    });
    const over = app.clock.now().getTime();
    await opened;
    const { rows } = await sql<{ at: string }>`
      select created_at as at from notifications where user_id = ${dealer.id}
      order by sequence desc limit 1`.execute(app.orm.em.fork().getKysely());
    expect(Number(rows[0]?.at)).toBe(over);
  });
});
