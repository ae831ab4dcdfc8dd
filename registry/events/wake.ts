import type pg from 'pg';

/** Pools whose notification is on its way, and whether another is due after it. */
const waking = new WeakMap<pg.Pool, { again: boolean }>();

/**
 * Wakes every `followEvents`, best effort. Call it after the commit: PostgreSQL lets transactions with a notification commit only one after
 * another, each waiting for the disk, and refuses their commit when its queue of notifications is full.
 */
export function wakeFollowers(pool: pg.Pool): void {
  const current = waking.get(pool);
  if (current) current.again = true;
  else void notify(pool);
}

async function notify(pool: pg.Pool): Promise<void> {
  const current = { again: true };
  waking.set(pool, current);
  while (current.again) {
    current.again = false;
    await pool.query('notify event').catch(() => {});
  }
  waking.delete(pool);
}
