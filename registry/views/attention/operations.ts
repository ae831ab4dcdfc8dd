import type { OperationFailure, Leftover } from '../../../contract/operations/messages';
import type { OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Plan } from '../../../contract/orders/order';
import type { Attention } from '../../../contract/schemas/platform/attention-schema';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

interface WaitingRow {
  operationId: string;
  kind: OperationKind;
  tenantId: string;
  tenantName: string;
  plan: Plan;
  requestedBy: string;
  since: Date;
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

function shared({ operationId, kind, tenantId, tenantName, plan, requestedBy, since }: WaitingRow) {
  return { operationId, kind, tenantId, tenantName, plan, requestedBy, since: since.toISOString() };
}

function failureOf({ failure }: WaitingRow) {
  return failure ? { failure: { type: failure.type, step: failure.step } } : {};
}
