import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { ApprovalState, Leftover, OperationFailure } from '../../contract/operations/messages';
import type { Plan } from '../../contract/orders/order';
import type { Operation } from '../../contract/schemas/operation-schema';
import { verbsIn, type OperationKind } from '../../contract/operations/kinds';
import { remedyOf } from '../../contract/operations/reconcile';
import type { OperationStatus } from '../../contract/operations/states';
import type { Step, StepState } from '../../contract/operations/steps';
import type { RemovalReason } from '../../contract/tenants/reasons';
import { listDrift } from '../ledger/drift';
import { findDecision } from '../operations/approvals';
import { maybeOne, type Queryable } from '../database';
import { viewDeliveries, type DeliveryView } from './deliveries';
import { loadOperation } from '../operations/operations';
import { listTaken, type SkippedStep } from '../operations/resolutions';
import { readResult } from './results';
import { listAttempts, viewSteps, type RecordedAttempt, type StepView, type StepKnowledge } from './steps';
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
  /** When an approver decided. */
  decidedAt: Date | null;
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
  /** Days between the announcement of a removal and the deletion; null for any other operation. */
  graceDays: number | null;
  /** Why a suspension or a removal was asked for; null for any other operation. */
  reason: RemovalReason | null;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
}

/** SQL of an {@link OperationRow}. */
export const OPERATION_COLUMNS = `operation_id as "operationId", tenant_id as "tenantId", tenant_name as "tenantName", kind, status, plan, region, caller,
  approval_state as "approvalState", approval_deadline as "approvalDeadline", approval_keys as "approvalKeys",
  (select decided_at from approval_decision where approval_decision.operation_id = operation.operation_id) as "decidedAt", failure, leftovers,
  steps, hold_until as "holdUntil", skipped,
  (select max(taken_at) from resolution where resolution.operation_id = operation.operation_id and verb in ('retry', 'amend')) as "retriedAt",
  (template #>> '{recovery,retry,maximumAttempts}')::int as "maximumAttempts", removal_at as "removalAt",
  case when kind = 'deprovision' then coalesce((parameters ->> 'graceDays')::int, 0) end as "graceDays",
  parameters ->> 'reason' as reason,
  created_at as "createdAt", updated_at as "updatedAt", completed_at as "completedAt"`;

/** One operation; undefined if there is none, or if `caller` is given and did not order it. */
export async function findOperation(
  db: Queryable,
  operationId: string,
  caller?: string,
): Promise<OperationRow | undefined> {
  return maybeOne<OperationRow>(
    db,
    `select ${OPERATION_COLUMNS} from operation where operation_id = $1 and ($2::text is null or caller = $2)`,
    [operationId, caller ?? null],
  );
}

/** An operation as it was read, with the attempts that its steps are judged by. */
export interface ReadOperation {
  row: OperationRow;
  operation: Operation;
  attempts: readonly RecordedAttempt[];
}

/** Everything the API shows of one operation but its estimate. Reads only the registry, so that it answers whatever else is down. */
export async function readOperation(db: Queryable, keys: KeyWrapper, row: OperationRow): Promise<ReadOperation> {
  const [attempts, deliveries, result, requested, decided, taken, drift] = await Promise.all([
    listAttempts(db, [row.operationId]),
    viewDeliveries(db, [row.operationId]),
    readResult(db, keys, row),
    readRequested(db, keys, row),
    readDecision(db, keys, row),
    listTaken(db, row.operationId),
    row.kind === 'reconcile' ? listDrift(db, row.operationId) : undefined,
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
  const listed = drift?.map((each) => ({ ...each, ...(each.outcome === 'left' ? { remedy: remedyOf(each) } : {}) }));
  return { row, operation: { ...view, approval, resolutions, ...(listed ? { drift: listed } : {}), result }, attempts };
}

/** The state of the operation's steps. */
export async function readSteps(db: Queryable, row: OperationRow): Promise<StepView[]> {
  return viewSteps(stepped(row), await listAttempts(db, [row.operationId]));
}

/** What the steps of an operation are judged by. */
export function stepped(row: OperationRow): StepKnowledge {
  return { ...row, reported: row.steps };
}

/** What every answer shows of an operation. */
export function viewOperation(row: OperationRow, steps: StepView[], delivery: DeliveryView = {}): Operation {
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
    ...(row.graceDays === null ? {} : { graceDays: row.graceDays }),
    ...(row.reason === null ? {} : { reason: row.reason }),
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
