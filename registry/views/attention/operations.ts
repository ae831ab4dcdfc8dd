import type { OperationFailure, Leftover } from '../../../contract/operations/messages';
import type { OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Plan } from '../../../contract/orders/order';
import type { Operation } from '../../../contract/schemas/operation-schema';
import {
  MOST_NAMED,
  STUCK_CANDIDATES,
  STUCK_SECONDS,
  type Attention,
} from '../../../contract/schemas/platform/attention-schema';
import type { Queryable } from '../../database';
import { listLingering } from '../operation-list';
import type { ReadOperation } from '../operations';
import { readCounted } from './counted';

interface Shown {
  operationId: string;
  kind: OperationKind;
  tenantId: string;
  tenantName: string;
  plan: Plan;
  requestedBy: string;
  since: Date;
}

interface WaitingRow extends Shown {
  failure: OperationFailure | null;
  leftovers: Leftover[];
  approvalKeys: string[];
  approvalDeadline: Date | null;
  holdUntil: Date | null;
}

const COLUMNS = `operation_id as "operationId", kind, tenant_id as "tenantId", tenant_name as "tenantName", plan, caller as "requestedBy",
  updated_at as since, failure, leftovers, approval_keys as "approvalKeys", approval_deadline as "approvalDeadline",
  hold_until as "holdUntil"`;

/** The operations that wait for an approver or an operator; those that `caller` ordered, or all. */
export async function readWaitingOperations(
  db: Queryable,
  caller: string | undefined,
): Promise<Pick<Attention, 'approvals' | 'holds' | 'leftovers'>> {
  const read = async (status: OperationStatus, orderBy: string) =>
    readCounted<WaitingRow>(db, {
      columns: COLUMNS,
      from: 'operation',
      where: 'status = $1 and ($2::text is null or caller = $2)',
      orderBy,
      values: [status, caller ?? null],
    });
  const approvals = await read('awaiting_approval', 'approval_deadline, operation_id');
  const holds = await read('on_hold', 'hold_until, operation_id');
  const leftovers = await read('needs_operator', 'updated_at, operation_id');
  return {
    approvals: {
      count: approvals.count,
      items: approvals.rows.map((row) => ({
        ...shared(row),
        required: row.approvalKeys,
        ...(row.approvalDeadline ? { deadline: row.approvalDeadline.toISOString() } : {}),
      })),
    },
    holds: {
      count: holds.count,
      items: holds.rows.map((row) => ({
        ...shared(row),
        ...failureOf(row),
        ...(row.holdUntil ? { until: row.holdUntil.toISOString() } : {}),
      })),
    },
    leftovers: {
      count: leftovers.count,
      items: leftovers.rows.map((row) => ({ ...shared(row), ...failureOf(row), leftovers: row.leftovers.length })),
    },
  };
}

/**
 * The operations at work with a step that is stuck; those that `caller` ordered, or all. `judge` says how each step gets on. A step that
 * waits for its next attempt a few seconds needs no person, so what has just begun is not looked at.
 */
export async function readStuckOperations(
  db: Queryable,
  caller: string | undefined,
  judge: (read: ReadOperation) => Promise<Operation>,
): Promise<Attention['stuck']> {
  const lingering = await listLingering(db, { caller, seconds: STUCK_SECONDS, limit: STUCK_CANDIDATES });
  const begunBefore = Date.now() - STUCK_SECONDS * 1000;
  const items: Attention['stuck']['items'] = [];
  for (const read of lingering) {
    const { row } = read;
    const { steps } = await judge(read);
    // A step that no worker has begun could begin when the last one before it ended.
    const lastEnd = Math.max(0, ...steps.map(({ endedAt }) => (endedAt === undefined ? 0 : Date.parse(endedAt))));
    const step = steps.find(
      ({ progress, startedAt }) =>
        progress?.pace === 'stuck' && (startedAt === undefined ? lastEnd : Date.parse(startedAt)) < begunBefore,
    );
    if (!step) continue;
    const about = shared({ ...row, requestedBy: row.caller, since: row.updatedAt });
    items.push({ ...about, step: step.id, reason: step.progress!.reason });
  }
  return { count: items.length, items: items.slice(0, MOST_NAMED) };
}

function shared({ operationId, kind, tenantId, tenantName, plan, requestedBy, since }: Shown) {
  return { operationId, kind, tenantId, tenantName, plan, requestedBy, since: since.toISOString() };
}

function failureOf({ failure }: WaitingRow) {
  return failure ? { failure: { type: failure.type, step: failure.step } } : {};
}
