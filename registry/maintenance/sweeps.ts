import type pg from 'pg';
import { SWEEP_COUNTS, SWEEP_SECONDS, type SweepCounts } from '../../contract/maintenance/sweeps';
import { maybeOne, transaction, type Queryable } from '../database';
import type { Finding } from '../ledger/quarantine';

/** Result of one part of a sweep: the resources of a region, the runs, or the actions on findings. */
export interface SweepPart {
  counts: Partial<SweepCounts>;
  /** What could not be inspected or done, each with the reason. */
  problems: string[];
  /** Only of a dry run, and truncated if there are very many. Other sweeps store their findings in quarantine. */
  findings: Finding[];
}

/** Records that a sweep has begun; repeating it changes nothing. */
export async function openSweep(
  db: Queryable,
  { sweepId, requestedBy, dryRun }: { sweepId: string; requestedBy: string; dryRun: boolean },
): Promise<void> {
  await db.query(
    `insert into sweep (sweep_id, requested_by, dry_run) values ($1, $2, $3) on conflict (sweep_id) do nothing`,
    [sweepId, requestedBy, dryRun],
  );
}

/** Deletes a sweep that was opened but never begun. */
export async function discardSweep(db: Queryable, sweepId: string): Promise<void> {
  await db.query(`delete from sweep where sweep_id = $1 and state = 'running' and parts = '{}'`, [sweepId]);
}

/** Fails sweeps that can no longer be running, because their run was terminated or its history is gone. */
export async function closeForgottenSweeps(db: Queryable): Promise<void> {
  await db.query(
    `update sweep set state = 'failed', reason = 'The run was lost before it reported a result.', ended_at = now()
     where state = 'running' and started_at < now() - make_interval(secs => $1)`,
    [SWEEP_SECONDS],
  );
}

/** Stores the result of a part, in place of an earlier result of the same part. */
export async function recordSweepPart(db: Queryable, sweepId: string, name: string, part: SweepPart): Promise<void> {
  await db.query(`update sweep set parts = parts || jsonb_build_object($2::text, $3::jsonb) where sweep_id = $1`, [
    sweepId,
    name,
    JSON.stringify(part),
  ]);
}

/** Ends a sweep that must not begin, with the reason. */
export async function refuseSweep(db: Queryable, sweepId: string, reason: string): Promise<void> {
  await db.query(
    `update sweep set state = 'refused', reason = $2, ended_at = now() where sweep_id = $1 and state = 'running'`,
    [sweepId, reason],
  );
}

/** Ends a sweep and returns the totals of its parts. */
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
