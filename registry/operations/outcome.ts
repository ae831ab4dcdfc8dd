import type { NewEvent } from '../../contract/events/events';
import { isFailureType } from '../../contract/operations/failures';
import { tenantStateAfter, type OperationKind } from '../../contract/operations/kinds';
import type { ApprovalState, Leftover, OperationFailure } from '../../contract/operations/messages';
import type { OperationStatus } from '../../contract/operations/states';
import type { Step, StepState } from '../../contract/operations/steps';
import type { TenantState } from '../../contract/tenants/states';

/** What a run reports about itself. Absent fields keep their value, except `holdUntil`, which is cleared. */
export interface Outcome {
  operationId: string;
  status: OperationStatus;
  region?: string;
  /** Null: the order no longer states one. */
  residency?: string | null;
  approvalState?: ApprovalState;
  approvalDeadline?: Date;
  holdUntil?: Date;
  failure?: OperationFailure;
  leftovers?: Leftover[];
  steps?: { id: Step; state: StepState }[];
}

/** An operation before its run reported an {@link Outcome}. */
export interface OperationBefore {
  kind: OperationKind;
  tenantId: string;
  status: OperationStatus;
  tenantState: TenantState;
  /** The state the tenant goes back to if the operation ends without success; null while it keeps its state. */
  returnsTo: TenantState | null;
  pastPivot: boolean;
  /** Number of its leftovers. */
  leftovers: number;
}

/** The events of a reported outcome; none if the operation already had that status and as many leftovers. */
export function outcomeEvents(before: OperationBefore, outcome: Outcome): NewEvent[] {
  const { kind, tenantId, status: from, leftovers, tenantState, returnsTo } = before;
  const { operationId, status } = outcome;
  const about = { tenantId, operationId };
  const failed = outcome.failure && {
    // A run of another version may report a type that this catalogue does not have.
    failure: isFailureType(outcome.failure.type) ? outcome.failure.type : ('InternalError' as const),
    step: outcome.failure.step,
  };
  const count = outcome.leftovers?.length ?? leftovers;
  const events: NewEvent[] = [];
  if (from !== status) {
    events.push({ ...about, type: 'operation.status', data: { from, status, ...failed } });
    if (status === 'awaiting_approval')
      events.push({ ...about, type: 'approval.asked', data: { deadline: outcome.approvalDeadline } });
    if (status === 'on_hold')
      events.push({ ...about, type: 'operation.held', data: { until: outcome.holdUntil, ...failed } });
  }
  const state = tenantStateAfter(kind, status, { state: tenantState, returnsTo });
  if (state !== tenantState) events.push({ ...about, type: 'tenant.state', data: { from: tenantState, state } });
  if (count !== leftovers) events.push({ ...about, type: 'operation.leftovers', data: { count } });
  return events;
}
