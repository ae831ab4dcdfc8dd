import { USAGE_DAYS } from '../../contract/usage/usage';
import type { Queryable } from '../database';

/** Rows deleted per statement, so that none holds locks for long. */
const BATCH = 10_000;

/** Deletes usage, corrections and quota notes that are older than {@link USAGE_DAYS}; returns how many records. */
export async function forgetUsage(db: Queryable, now: Date): Promise<number> {
  const oldest = new Date(now.getTime() - USAGE_DAYS * 86_400_000);
  let forgotten = 0;
  for (;;) {
    const { rowCount } = await db.query(
      `delete from usage_record where ctid = any(array(select ctid from usage_record where at < $1 order by at limit ${BATCH}))`,
      [oldest],
    );
    forgotten += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  await db.query(`delete from usage_day where day < $1`, [oldest]);
  await db.query(`delete from usage_quota where period_ends < $1`, [oldest]);
  return forgotten;
}
