import type { KeyWrapper } from '../contract/key-wrapping';
import type { ApprovalState, Leftover, OperationFailure } from '../contract/messages';
import type { Plan } from '../contract/order';
import type { Operation } from '../contract/schemas/operation-schema';
import { STATE_TABLE, type OperationStatus } from '../contract/states';
import { STEPS, type Step, type StepState } from '../contract/steps';
import { findDecision } from './approvals';
import { maybeOne, type Queryable } from './database';
import { viewDeliveries, type DeliveryView } from './delivery-views';
import { loadOperation } from './operations';
import { listRows, type OperationFilter } from './operation-filter';
import { microsOf, toPage, type Page } from './pages';
import { listTaken, type SkippedStep } from './resolutions';
import { readResult } from './result-views';
import { readStepsOf, type StepView, type SteppedOperation } from './step-views';
import { ifReadable } from './tenant-keys';

/** What the registry has of an operation, without its order. */
export interface OperationRow {
  operationId: string;
  tenantId: string;
  tenantName: string;
  kind: string;
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
  /** When an operator last had failed steps tried again. */
  retriedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
  micros: string;
}

const COLUMNS = `operation_id as "operationId", tenant_id as "tenantId", tenant_name as "tenantName", kind, status, plan, region, caller,
  approval_state as "approvalState", approval_deadline as "approvalDeadline", approval_keys as "approvalKeys", failure, leftovers,
  steps, hold_until as "holdUntil", skipped,
  (select max(taken_at) from resolution where resolution.operation_id = operation.operation_id and verb in ('retry', 'amend')) as "retriedAt",
  created_at as "createdAt", updated_at as "updatedAt", completed_at as "completedAt", ${microsOf('created_at')} as micros`;

/** One operation; undefined when there is none, or when `caller` is given and somebody else ordered it. */
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

/** Everything the API tells of one operation. Asks the registry only, so that it answers whatever else is down. */
export async function readOperation(db: Queryable, keys: KeyWrapper, row: OperationRow): Promise<Operation> {
  const [steps, deliveries, result, requested, decided, taken] = await Promise.all([
    readSteps(db, row),
    viewDeliveries(db, [row.operationId]),
    readResult(db, keys, row),
    readRequested(db, keys, row),
    readVerdict(db, keys, row),
    listTaken(db, row.operationId),
  ]);
  const view = viewOperation(row, steps, deliveries.get(row.operationId));
  const resolutions = taken.map(({ verb, reason, requestedBy, takenAt, verified }) => ({
    verb,
    reason,
    by: requestedBy,
    at: takenAt!.toISOString(),
    verified,
  }));
  const approval = { ...view.approval, ...(requested ? { requested } : {}), ...decided };
  return { ...view, approval, resolutions, result };
}

/** Where the operation's ten steps stand. */
export async function readSteps(db: Queryable, row: OperationRow): Promise<StepView[]> {
  return (await readStepsOf(db, [stepped(row)])).get(row.operationId)!;
}

/** A page of operations, newest first, without their results. */
export async function listOperations(db: Queryable, filter: OperationFilter): Promise<Page<Operation>> {
  const rows = await listRows<OperationRow>(db, COLUMNS, 'operation_id', filter);
  const ids = rows.map((row) => row.operationId);
  const [steps, deliveries] = await Promise.all([readStepsOf(db, rows.map(stepped)), viewDeliveries(db, ids)]);
  return toPage(
    rows,
    filter.limit,
    ({ micros, operationId }) => ({ micros, id: operationId }),
    (row) => viewOperation(row, steps.get(row.operationId)!, deliveries.get(row.operationId)),
  );
}

/** How many operations stand where. */
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
    total: STEPS.length,
    ...(row.failure ? { failure: row.failure } : {}),
    leftovers: row.leftovers,
    ...delivery,
    verbs: [...STATE_TABLE[row.status].verbs],
  };
}

/** The values an approver decides on. They are part of the order, which is gone once the tenant's key was destroyed. */
async function readRequested(db: Queryable, keys: KeyWrapper, { operationId, approvalKeys }: OperationRow) {
  if (approvalKeys.length === 0) return undefined;
  const loaded = await ifReadable(loadOperation(db, keys, operationId));
  if (!loaded) return undefined;
  const customizations = loaded.order.customizations ?? {};
  return Object.fromEntries(
    approvalKeys.flatMap((key) => (key in customizations ? [[key, customizations[key]!]] : [])),
  );
}

/** Who decided on what needed an approval, when and why. */
async function readVerdict(db: Queryable, keys: KeyWrapper, { operationId, approvalKeys }: OperationRow) {
  const decision = approvalKeys.length > 0 ? await findDecision(db, keys, operationId) : undefined;
  if (!decision) return {};
  const { decidedBy: by, decidedAt, comment, verified } = decision;
  return { decision: { by, at: decidedAt.toISOString(), ...(comment === '' ? {} : { comment }), verified } };
}
