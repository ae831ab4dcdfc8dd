import type { Settings } from '../../contract/tenants/access';
import { CLOSED_TO_INTENTS, COLUMNS, type LedgerRow } from './ledger';
import type { Step } from '../../contract/operations/steps';
import { maybeOne, type Queryable } from '../database';
import { updateLedger } from './resource-events';

/** The ledger rows of a tenant's step whose resources are there, oldest first. */
export async function listStanding(db: Queryable, tenantId: string, step?: Step): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource
     where tenant_id = $1 and ($2::text is null or step = $2) and state in ('present', 'changing') order by resource_id`,
    [tenantId, step ?? null],
  );
  return rows;
}

/**
 * Call this before a resource is changed: the row is `changing` from then on and keeps the settings it had before the operation. Settings that
 * are not given stay as they are. For `seconds` from now the request may take effect, even if its caller dies. Undefined if the operation has begun to compensate; its row is
 * locked meanwhile, so a change is either announced before that, where the undo sees it, or not made at all.
 */
export async function announceChange(
  db: Queryable,
  resourceId: string,
  { operationId, settings, seconds }: { operationId: string; settings: Partial<Settings>; seconds: number },
): Promise<LedgerRow | undefined> {
  const { rows } = await updateLedger<LedgerRow>(db, {
    with: `open as (select from operation where operation_id = $2 and status <> all($5) for share)`,
    from: 'open',
    where: `resource_id = $1 and state in ('present', 'changing')`,
    set: `state = 'changing', changed_by = $2, settings = settings || $3, updated_at = now(),
       settings_before = case when changed_by is not distinct from $2 then settings_before else settings end,
       change_in_flight_until = greatest(change_in_flight_until, now() + make_interval(secs => $4))`,
    operation: '$2',
    returning: COLUMNS,
    values: [resourceId, operationId, JSON.stringify(settings), seconds, CLOSED_TO_INTENTS],
  });
  return rows[0];
}

/** Milliseconds until no request of an earlier operation can change the resource any more; 0 if none can. */
export async function earlierChangeMs(db: Queryable, resourceId: string, operationId: string): Promise<number> {
  const left = await maybeOne<{ ms: number }>(
    db,
    `select extract(epoch from change_in_flight_until - now())::float8 * 1000 as ms from resource
     where resource_id = $1 and changed_by is distinct from $2 and change_in_flight_until > now()`,
    [resourceId, operationId],
  );
  return left?.ms ?? 0;
}

/** A change is still being requested, or has ended without an answer: an undo waits until `seconds` from now. */
export async function extendChange(db: Queryable, resourceId: string, seconds: number): Promise<void> {
  await db.query(
    `update resource set change_in_flight_until = greatest(change_in_flight_until, now() + make_interval(secs => $2))
     where resource_id = $1`,
    [resourceId, seconds],
  );
}

/**
 * A request to change the resource was answered: it can take effect for at most `seconds` more, if at all. Requests before it stay in flight
 * until `earlier`.
 */
export async function endChange(
  db: Queryable,
  resourceId: string,
  earlier: Date | null,
  seconds: number | null,
): Promise<void> {
  await db.query(
    `update resource set change_in_flight_until = greatest($2::timestamptz, now() + make_interval(secs => $3))
     where resource_id = $1`,
    [resourceId, earlier, seconds],
  );
}

/**
 * Records that the resource has its new settings. It may be changed once more by the same request for `seconds`, and by earlier ones, which
 * were not answered, until `earlier`.
 */
export async function markChanged(
  db: Queryable,
  resourceId: string,
  operationId: string,
  earlier: Date | null,
  seconds: number | null,
): Promise<boolean> {
  const { rowCount } = await updateLedger(db, {
    set: `state = 'present', last_error = null, updated_at = now(),
       change_in_flight_until = greatest($3::timestamptz, now() + make_interval(secs => $4))`,
    where: `resource_id = $1 and changed_by = $2 and state = 'changing'`,
    operation: '$2',
    values: [resourceId, operationId, earlier, seconds],
  });
  return rowCount === 1;
}

/** Begins the undo of a step's changes: the rows that the operation has changed, newest first, each to be given its earlier settings. */
export async function beginRevert(db: Queryable, operationId: string, step: Step): Promise<LedgerRow[]> {
  const { rows } = await updateLedger<LedgerRow>(db, {
    set: `state = 'changing', updated_at = now()`,
    where: `changed_by = $1 and step = $2 and settings_before is not null and state in ('present', 'changing')`,
    operation: '$1',
    returning: COLUMNS,
    values: [operationId, step],
  });
  return rows.sort((a, b) => Number(b.resourceId) - Number(a.resourceId));
}

/**
 * Records that the resource has its earlier settings again, and resolves with 0. While the operation's own request may still take effect,
 * it records nothing and resolves with the milliseconds until that is over: the caller must give the settings again.
 */
export async function markReverted(db: Queryable, resourceId: string, operationId: string): Promise<number> {
  const { rowCount } = await updateLedger(db, {
    set: `state = 'present', settings = settings_before, settings_before = null, changed_by = null, last_error = null,
       updated_at = now()`,
    where: `resource_id = $1 and changed_by = $2 and coalesce(change_in_flight_until, '-infinity') <= now()`,
    operation: '$2',
    values: [resourceId, operationId],
  });
  if (rowCount === 1) return 0;
  const left = await maybeOne<{ ms: number }>(
    db,
    `select extract(epoch from change_in_flight_until - now())::float8 * 1000 as ms from resource
     where resource_id = $1 and changed_by = $2`,
    [resourceId, operationId],
  );
  return left ? Math.max(left.ms, 1) : 0;
}

/** The operation's changes are there to stay: nothing is left to go back to. */
export async function settleChanges(db: Queryable, operationId: string): Promise<void> {
  await db.query(`update resource set settings_before = null, changed_by = null where changed_by = $1`, [operationId]);
}
