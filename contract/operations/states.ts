/** Where an operation stands, as the API reports it and the registry stores it. */
export const STATUSES = [
  'pending', // accepted; the workflow has not reported yet
  'validating',
  'awaiting_approval',
  'provisioning',
  'running', // the steps of an operation that changes a tenant
  'grace', // the tenant is closed; its removal waits for the end of the grace period, or of a legal hold
  'removing', // past the pivot of a removal, which can no longer be called off
  'on_hold', // a step failed permanently, and an operator decides how the run continues
  'compensating',
  'active', // a tenant was provisioned
  'completed', // a tenant was changed, or is gone
  'rejected', // an approver rejected the order, or none decided in time
  'cancelled',
  'failed',
  'needs_operator', // leftovers wait for an operator; the run is still open and the name stays taken
] as const;

/** One of {@link STATUSES}. */
export type OperationStatus = (typeof STATUSES)[number];

/** Statuses of an operation that has done what it was asked to. */
export const SUCCESS_STATUSES: readonly OperationStatus[] = ['active', 'completed'];

/** Statuses of an operation that has left its tenant as it was before, apart from leftovers that an operator has accepted. */
export const CLEAN_STATUSES: readonly OperationStatus[] = ['rejected', 'cancelled', 'failed'];

/** Statuses from which a run never moves again. */
export const END_STATUSES: readonly OperationStatus[] = [...SUCCESS_STATUSES, ...CLEAN_STATUSES];

/** Whether an operation has ended. */
export function hasEnded(status: OperationStatus): boolean {
  return END_STATUSES.includes(status);
}

/** Statuses in which an operation waits for a person or for a date, so that no step of it is late. */
export const WAIT_STATUSES = ['awaiting_approval', 'on_hold', 'needs_operator', 'grace'] as const;

/** One of {@link WAIT_STATUSES}. */
export type WaitStatus = (typeof WAIT_STATUSES)[number];

/** The decisions an operator may take about a run that waits for one. */
export const RESOLUTION_VERBS = ['retry', 'amend', 'skip', 'compensate', 'accept'] as const;

/** One of {@link RESOLUTION_VERBS}. */
export type ResolutionVerb = (typeof RESOLUTION_VERBS)[number];

/** A request that a caller may make about a running operation. */
export type Verb = 'approve' | 'reject' | 'cancel' | ResolutionVerb;

/** The seed's three-valued result status: success, failure, or pending while the operation has not ended. */
export function resultStatus(status: OperationStatus): 'success' | 'pending' | 'failed' {
  if (SUCCESS_STATUSES.includes(status)) return 'success';
  return hasEnded(status) ? 'failed' : 'pending';
}
