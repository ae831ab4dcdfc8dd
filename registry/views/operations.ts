import { LRUCache } from 'lru-cache';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { ApprovalState, Leftover, OperationFailure } from '../../contract/operations/messages';
import type { Plan } from '../../contract/orders/order';
import type { Operation } from '../../contract/schemas/operation-schema';
import { verbsIn, type OperationKind } from '../../contract/operations/kinds';
import type { OperationStatus } from '../../contract/operations/states';
import type { Step, StepState } from '../../contract/operations/steps';
import { findDecision } from '../operations/approvals';
import { maybeOne, type Queryable } from '../database';
import { viewDeliveries, type DeliveryView } from './deliveries';
import { loadOperation } from '../operations/operations';
import { listRows, type OperationFilter } from './operation-filter';
import { microsOf, toPage, type Position } from '../pages';
import { listTaken, type SkippedStep } from '../operations/resolutions';
import { readResult } from './results';
import {
  listAttempts,
  readStepsOf,
  viewSteps,
  type RecordedAttempt,
  type StepView,
  type SteppedOperation,
} from './steps';
import { ifReadable } from '../keys/tenant-keys';

/** What the registry stores of an operation, without its order. */
export interface OperationRow {
  operationId: string;
  tenantId: string;
  tenantName: string;
  kind: OperationKind;
  status: OperationStatus;
  plan: Plan;
  region: string | null;
  caller: string;
  approvalState: ApprovalState;
  approvalDeadline: Date | null;
  approvalKeys: string[];
  failure: OperationFailure | null;
  leftovers: Leftover[];
  steps: { id: Step; state: StepState }[] | null;
  holdUntil: Date | null;
  skipped: SkippedStep[];
  /** When an operator last had failed steps retried. */
  retriedAt: Date | null;
  /** How often the template lets an activity be tried, as far as providers answer. */
  maximumAttempts: number | null;
  /** When the tenant is to be removed, as it was announced. */
  removalAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
}

const COLUMNS = `operation_id as "operationId", tenant_id as "tenantId", tenant_name as "tenantName", kind, status, plan, region, caller,
  approval_state as "approvalState", approval_deadline as "approvalDeadline", approval_keys as "approvalKeys", failure, leftovers,
  steps, hold_until as "holdUntil", skipped,
  (select max(taken_at) from resolution where resolution.operation_id = operation.operation_id and verb in ('retry', 'amend')) as "retriedAt",
  (template #>> '{recovery,retry,maximumAttempts}')::int as "maximumAttempts", removal_at as "removalAt",
  created_at as "createdAt", updated_at as "updatedAt", completed_at as "completedAt"`;

/** One operation; undefined if there is none, or if `caller` is given and did not order it. */
export async function findOperation(
  db: Queryable,
  operationId: string,
  caller?: string,
): Promise<OperationRow | undefined> {
  return maybeOne<OperationRow>(
    db,
    `select ${COLUMNS} from operation where operation_id = $1 and ($2::text is null or caller = $2)`,
    [operationId, caller ?? null],
  );
}

/** An operation as it was read, with the attempts that its steps are judged by. */
export interface ReadOperation {
  row: OperationRow;
  operation: Operation;
  attempts: RecordedAttempt[];
}

/** Everything the API shows of one operation but its estimate. Reads only the registry, so that it answers whatever else is down. */
export async function readOperation(db: Queryable, keys: KeyWrapper, row: OperationRow): Promise<ReadOperation> {
  const [attempts, deliveries, result, requested, decided, taken] = await Promise.all([
    listAttempts(db, [row.operationId]),
    viewDeliveries(db, [row.operationId]),
    readResult(db, keys, row),
    readRequested(db, keys, row),
    readDecision(db, keys, row),
    listTaken(db, row.operationId),
  ]);
  const view = viewOperation(row, viewSteps(stepped(row), attempts), deliveries.get(row.operationId));
  const resolutions = taken.map(({ verb, reason, requestedBy, takenAt, verified }) => ({
    verb,
    reason,
    by: requestedBy,
    at: takenAt!.toISOString(),
    verified,
  }));
  const approval = { ...view.approval, ...(requested ? { requested } : {}), ...decided };
  return { row, operation: { ...view, approval, resolutions, result }, attempts };
}

/** The state of the operation's steps. */
export async function readSteps(db: Queryable, row: OperationRow): Promise<StepView[]> {
  return (await readStepsOf(db, [stepped(row)])).get(row.operationId)!;
}

/** Changes whenever something that a list shows of an operation is written: see the triggers of `operation_activity`. */
const STAMP = `concat_ws(' ', operation.xmin,
  (select revision from operation_activity where operation_activity.operation_id = operation.operation_id))`;

interface StampedId extends Position {
  stamp: string;
  /** When the list was read, by the database's clock. */
  readAt: Date;
}

interface Remembered {
  stamp: string;
  text: string;
  /** When its claim link lapses, which nothing writes; null if no link can. */
  lapsesAt: Date | null;
}

/** Operations as JSON with the stamp they had; about 12 MB when full. */
const remembered = new LRUCache<string, Remembered>({ max: 5_000 });

/**
 * A page of operations, newest first, without their results, as JSON. One statement says which operations have changed since they were last
 * shown; only those are read and written as text again.
 */
export async function listOperations(db: Queryable, filter: OperationFilter): Promise<string> {
  const columns = `operation_id as id, ${microsOf('created_at')} as micros, ${STAMP} as stamp, now() as "readAt"`;
  const rows = await listRows<StampedId>(db, { table: 'operation', from: 'operation', columns }, filter);
  const { items, nextCursor } = toPage(
    rows,
    filter.limit,
    (row) => row,
    (row) => row,
  );
  const texts = new Map<string, string>();
  const changed = items.filter(({ id, stamp, readAt }) => {
    const known = remembered.get(id);
    if (known?.stamp !== stamp || (known.lapsesAt && known.lapsesAt < readAt)) return true;
    texts.set(id, known.text);
    return false;
  });
  for (const [id, text] of await readAsText(db, changed)) texts.set(id, text);
  const operations = items.map(({ id }) => texts.get(id)!);
  const next = nextCursor === undefined ? '' : `,"nextCursor":${JSON.stringify(nextCursor)}`;
  return `{"items":[${operations.join(',')}]${next}}`;
}

/** Reads operations as JSON and remembers them. A change since they were stamped does no harm: the next stamp differs. */
async function readAsText(db: Queryable, changed: StampedId[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (changed.length === 0) return texts;
  const ids = changed.map(({ id }) => id);
  const sql = `select ${COLUMNS} from operation where operation_id = any($1)`;
  const [{ rows }, deliveries] = await Promise.all([db.query<OperationRow>(sql, [ids]), viewDeliveries(db, ids)]);
  const steps = await readStepsOf(db, rows.map(stepped));
  const stamps = new Map(changed.map(({ id, stamp }) => [id, stamp]));
  for (const row of rows) {
    const { operationId } = row;
    const view = viewOperation(row, steps.get(operationId)!, deliveries.get(operationId));
    const text = JSON.stringify(view);
    texts.set(operationId, text);
    remembered.set(operationId, { stamp: stamps.get(operationId)!, text, lapsesAt: lapseOf(view) });
  }
  return texts;
}

function lapseOf({ handover }: Operation): Date | null {
  const linkIsOut = handover?.linkExpires !== undefined && handover.state !== 'lapsed';
  return linkIsOut ? new Date(handover.linkExpires!) : null;
}

/** Number of operations in each status. */
export async function countByStatus(db: Queryable): Promise<{ status: OperationStatus; count: number }[]> {
  const { rows } = await db.query<{ status: OperationStatus; count: number }>(
    `select status, count(*)::int as count from operation group by status`,
  );
  return rows;
}

function stepped(row: OperationRow): SteppedOperation {
  return { ...row, reported: row.steps };
}

function viewOperation(row: OperationRow, steps: StepView[], delivery: DeliveryView = {}): Operation {
  return {
    operationId: row.operationId,
    tenantId: row.tenantId,
    tenantName: row.tenantName,
    kind: row.kind,
    status: row.status,
    plan: row.plan,
    requestedBy: row.caller,
    ...(row.region === null ? {} : { region: row.region }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    ...(row.completedAt ? { completedAt: row.completedAt.toISOString() } : {}),
    steps,
    approval: {
      state: row.approvalState === 'waiting' && row.status !== 'awaiting_approval' ? 'withdrawn' : row.approvalState,
      required: row.approvalKeys,
      ...(row.approvalDeadline ? { deadline: row.approvalDeadline.toISOString() } : {}),
    },
    ...(row.status === 'on_hold' && row.holdUntil ? { hold: { until: row.holdUntil.toISOString() } } : {}),
    completed: steps.filter(({ state }) => state === 'done').length,
    total: steps.length,
    ...(row.failure ? { failure: row.failure } : {}),
    leftovers: row.leftovers,
    ...delivery,
    verbs: [...verbsIn(row.kind, row.status)],
  };
}

/** The values an approver decides on. They are part of the order, which is unreadable once the tenant's key is destroyed. */
async function readRequested(db: Queryable, keys: KeyWrapper, { operationId, approvalKeys }: OperationRow) {
  if (approvalKeys.length === 0) return undefined;
  const loaded = await ifReadable(loadOperation(db, keys, operationId));
  if (!loaded) return undefined;
  const customizations = loaded.order.customizations ?? {};
  return Object.fromEntries(
    approvalKeys.flatMap((key) => (key in customizations ? [[key, customizations[key]!]] : [])),
  );
}

/** The approval decision with its author, time and comment; empty if none was needed or made. */
async function readDecision(db: Queryable, keys: KeyWrapper, { operationId, approvalKeys }: OperationRow) {
  const decision = approvalKeys.length > 0 ? await findDecision(db, keys, operationId) : undefined;
  if (!decision) return {};
  const { decidedBy: by, decidedAt, comment, verified } = decision;
  return { decision: { by, at: decidedAt.toISOString(), ...(comment === '' ? {} : { comment }), verified } };
}
