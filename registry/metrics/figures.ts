import type pg from 'pg';
import { STATUSES, SUCCESS_STATUSES, type OperationStatus } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import { maybeOne, type Queryable } from '../database';
import { groupBy } from '../group-by';
import { criticalPath, type Span } from './critical-path';
import { TEMPLATE_SQL } from './provisioning';

interface RecordedAttempt {
  activity: string;
  attempt: number;
  step: Step;
  forward: boolean;
  /** Seconds since 1970, like all times here. */
  start: number;
  end: number | null;
}

interface EndedOperation {
  status: OperationStatus;
  from: number;
  until: number;
  attempts: RecordedAttempt[];
  /** Statuses in the order in which the operation came to them. */
  statuses: { status: string; at: number }[];
}

/** Operations whose figures {@link recordMissingFigures} records at once, and how long it goes on with more of them, in milliseconds. */
const BATCH = 500;
const CATCH_UP_MS = 20_000;

/**
 * Records the figures of an operation that has just ended, in the caller's transaction. Figures that cannot be computed never keep an operation
 * from ending: they are left out, and {@link recordMissingFigures} tries again.
 */
export async function recordFiguresIn(client: pg.ClientBase, operationId: string): Promise<void> {
  await client.query('savepoint figures');
  try {
    await recordFigures(client, operationId);
    await client.query('release savepoint figures');
  } catch {
    await client.query('rollback to savepoint figures');
  }
}

/** Records the figures of operations that have ended without them: before there were figures, or while they could not be computed. */
export async function recordMissingFigures(db: Queryable): Promise<void> {
  const end = Date.now() + CATCH_UP_MS;
  let found: number;
  do {
    const { rows } = await db.query<{ operationId: string }>(
      `select operation_id as "operationId" from operation
       where completed_at is not null
         and not exists (select from operation_figures where operation_figures.operation_id = operation.operation_id)
       order by created_at desc limit ${BATCH}`,
    );
    for (const { operationId } of rows) await recordFigures(db, operationId);
    found = rows.length;
  } while (found === BATCH && Date.now() < end);
}

async function recordFigures(db: Queryable, operationId: string): Promise<void> {
  const operation = await maybeOne<EndedOperation>(
    db,
    `select status, extract(epoch from created_at)::float8 as "from", extract(epoch from completed_at)::float8 as until,
       coalesce((select json_agg(json_build_object('activity', activity_id, 'attempt', attempt, 'step', step,
           'forward', direction = 'forward', 'start', extract(epoch from started_at), 'end', extract(epoch from ended_at)))
         from step_event where step_event.operation_id = operation.operation_id), '[]') as attempts,
       coalesce((select json_agg(json_build_object('status', substr(action, 11), 'at', extract(epoch from at)) order by sequence)
         from audit_entry where audit_entry.tenant_id = operation.tenant_id
           and audit_entry.operation_id = operation.operation_id and action = any($2)), '[]') as statuses
     from operation where operation_id = $1 and completed_at is not null`,
    [operationId, STATUSES.map((each) => `operation.${each}`)],
  );
  if (!operation) return;
  const { status, from, until, attempts, statuses } = operation;
  const succeeded = SUCCESS_STATUSES.includes(status);
  const path = succeeded ? criticalPath(spansOf(attempts, until), from, until) : new Map<string, number>();
  const retried = retriesOf(attempts);
  await db.query(
    `insert into operation_figures (operation_id, kind, status, caller, plan, region, template, created_at, seconds, failure_step, failure_type,
       approval_seconds, hold_seconds, compensation_seconds, attempts, retries, retry_seconds, path, path_seconds, resources)
     select operation_id, kind, status, caller, plan, region, ${TEMPLATE_SQL}, created_at,
       extract(epoch from completed_at - created_at), failure ->> 'step', failure ->> 'type', $2, $3, $4, $5, $6, $7, $8, $9,
       coalesce((select string_agg(provider || '/' || kind, ' ' order by provider collate "C", kind collate "C") from resource
         where resource.operation_id = operation.operation_id and external_id is not null), '')
     from operation where operation_id = $1 on conflict (operation_id) do nothing`,
    [
      operationId,
      secondsIn('awaiting_approval', statuses, until),
      secondsIn('on_hold', statuses, until),
      secondsIn('compensating', statuses, until),
      attempts.length,
      retried.length,
      retried.reduce((sum, seconds) => sum + seconds, 0),
      [...path.keys()].join(' '),
      [...path.values()],
    ],
  );
}

/** The attempts that went forward. One without an end is still under way, unless another attempt has followed it. */
export function spansOf(attempts: readonly RecordedAttempt[], until: number): Span[] {
  return attempts
    .filter(({ forward }) => forward)
    .map(({ activity, attempt, step, start, end }) => {
      const next = attempts.find((other) => other.activity === activity && other.attempt === attempt + 1);
      return { step, start, end: end ?? next?.start ?? until };
    });
}

/** The pause in seconds before each attempt that followed another one of the same activity. */
export function retriesOf(attempts: readonly RecordedAttempt[]): number[] {
  return [...groupBy(attempts, ({ activity }) => activity).values()].flatMap((own) => {
    const inOrder = [...own].sort((a, b) => a.attempt - b.attempt);
    return inOrder.slice(1).map(({ start }, index) => Math.max(0, start - (inOrder[index]!.end ?? start)));
  });
}

/** How long an operation was in a status, over all its visits; null if it never was. */
export function secondsIn(status: string, visited: EndedOperation['statuses'], until: number): number | null {
  const visits = visited.flatMap(({ status: each, at }, index) =>
    each === status ? [Math.max(0, (visited[index + 1]?.at ?? until) - at)] : [],
  );
  return visits.length === 0 ? null : visits.reduce((sum, seconds) => sum + seconds, 0);
}
