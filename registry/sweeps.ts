import type pg from 'pg';
import { SWEEP_COUNTS, SWEEP_SECONDS, type SweepCounts } from '../contract/sweeps';
import { maybeOne, transaction, type Queryable } from './database';
import type { Finding } from './quarantine';

/** What one part of a sweep has to say: a region's things, the runs, what was done about findings. */
export interface SweepPart {
  counts: Partial<SweepCounts>;
  /** What could not be looked at or done, each with why. */
  problems: string[];
  /** Of a dry run only, and not all where there are very many; others have theirs in quarantine. */
  findings: Finding[];
}

/** Writes down that a sweep has begun; repeating it changes nothing. */
export async function openSweep(
  db: Queryable,
  { sweepId, requestedBy, dryRun }: { sweepId: string; requestedBy: string; dryRun: boolean },
): Promise<void> {
  await db.query(
    `insert into sweep (sweep_id, requested_by, dry_run) values ($1, $2, $3) on conflict (sweep_id) do nothing`,
    [sweepId, requestedBy, dryRun],
  );
}

/** Forgets a sweep that was opened and never begun. */
export async function discardSweep(db: Queryable, sweepId: string): Promise<void> {
  await db.query(`delete from sweep where sweep_id = $1 and state = 'running' and parts = '{}'`, [sweepId]);
}

/** Ends what can no longer be running: sweeps that were terminated, or whose history is gone. */
export async function closeForgottenSweeps(db: Queryable): Promise<void> {
  await db.query(
    `update sweep set state = 'failed', reason = 'It never said that it ended.', ended_at = now()
     where state = 'running' and started_at < now() - make_interval(secs => $1)`,
    [SWEEP_SECONDS],
  );
}

/** Notes what a part has to say, in place of what it said before. */
export async function recordSweepPart(db: Queryable, sweepId: string, name: string, part: SweepPart): Promise<void> {
  await db.query(`update sweep set parts = parts || jsonb_build_object($2::text, $3::jsonb) where sweep_id = $1`, [
    sweepId,
    name,
    JSON.stringify(part),
  ]);
}

/** Ends a sweep that did not begin, with why. */
export async function refuseSweep(db: Queryable, sweepId: string, reason: string): Promise<void> {
  await db.query(
    `update sweep set state = 'refused', reason = $2, ended_at = now() where sweep_id = $1 and state = 'running'`,
    [sweepId, reason],
  );
}

/** Ends a sweep and adds up what its parts have counted. */
export async function concludeSweep(pool: pg.Pool, sweepId: string): Promise<SweepCounts> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<{ parts: Record<string, SweepPart> }>(
      client,
      `select parts from sweep where sweep_id = $1 for update`,
      [sweepId],
    );
    const counts = addUp(Object.values(row?.parts ?? {}));
    await client.query(
      `update sweep set state = 'done', counts = $2, ended_at = coalesce(ended_at, now()) where sweep_id = $1`,
      [sweepId, JSON.stringify(counts)],
    );
    return counts;
  });
}

function addUp(parts: SweepPart[]): SweepCounts {
  const sum = (count: keyof SweepCounts): number =>
    parts.reduce(
      (total, { counts, problems }) => total + (count === 'problems' ? problems.length : (counts[count] ?? 0)),
      0,
    );
  return Object.fromEntries(SWEEP_COUNTS.map((count) => [count, sum(count)])) as SweepCounts;
}
