/** Where an operation stands, as the API reports it and the registry stores it. */
export const STATUSES = [
  'pending', // accepted; the workflow has not reported yet
  'validating',
  'awaiting_approval',
  'provisioning',
  'on_hold', // a step failed for good and an operator decides what becomes of the run
  'compensating',
  'active',
  'rejected', // an approver said no, or nobody answered in time
  'cancelled',
  'failed',
  'needs_operator', // leftovers in a human's hands: not an end, the run is open and the name stays taken
] as const;

/** One of {@link STATUSES}. */
export type OperationStatus = (typeof STATUSES)[number];

/** What an operator may decide about a run that waits for one. */
export const RESOLUTION_VERBS = ['retry', 'amend', 'skip', 'compensate', 'accept'] as const;

/** One of {@link RESOLUTION_VERBS}. */
export type ResolutionVerb = (typeof RESOLUTION_VERBS)[number];

/** What a caller may ask of a running operation. */
export type Verb = 'approve' | 'reject' | 'cancel' | ResolutionVerb;

interface StateRule {
  /** Statuses the run may move to from here. */
  to: readonly OperationStatus[];
  /** Verbs the API accepts here; any other is a 409 that names these. */
  verbs: readonly Verb[];
  /** The run is over; a name is freed exactly when this is true and the status is not `active`. */
  end: boolean;
}

/** The whole state machine: validators, the API's 409s and tests are generated from this table. */
export const STATE_TABLE: Record<OperationStatus, StateRule> = {
  pending: { to: ['validating', 'on_hold', 'compensating'], verbs: ['cancel'], end: false },
  validating: { to: ['awaiting_approval', 'provisioning', 'on_hold', 'compensating'], verbs: ['cancel'], end: false },
  awaiting_approval: {
    to: ['provisioning', 'on_hold', 'compensating'],
    verbs: ['approve', 'reject', 'cancel'],
    end: false,
  },
  provisioning: { to: ['active', 'on_hold', 'compensating'], verbs: ['cancel'], end: false },
  on_hold: {
    to: ['validating', 'provisioning', 'compensating'],
    verbs: ['retry', 'amend', 'skip', 'compensate', 'cancel'],
    end: false,
  },
  compensating: { to: ['rejected', 'cancelled', 'failed', 'needs_operator'], verbs: [], end: false },
  active: { to: [], verbs: [], end: true },
  rejected: { to: [], verbs: [], end: true },
  cancelled: { to: [], verbs: [], end: true },
  failed: { to: [], verbs: [], end: true },
  needs_operator: {
    to: ['compensating', 'rejected', 'cancelled', 'failed'],
    verbs: ['retry', 'accept'],
    end: false,
  },
};

/** Statuses from which a run never moves again. */
export const END_STATUSES: readonly OperationStatus[] = STATUSES.filter((status) => STATE_TABLE[status].end);

/** Statuses in which nothing of the tenant is left – but what an operator has accepted – and its name is free again. */
export const CLEAN_STATUSES: readonly OperationStatus[] = END_STATUSES.filter((status) => status !== 'active');

/** Whether a verb is legal now. */
export function mayDo(status: OperationStatus, verb: Verb): boolean {
  return STATE_TABLE[status].verbs.includes(verb);
}

/** Every status from which the table allows a direct move to `to`; what a registry compare-and-set accepts. */
export function statusesBefore(to: OperationStatus): OperationStatus[] {
  return STATUSES.filter((from) => STATE_TABLE[from].to.includes(to));
}

/** The seed's three-valued result status: `active` is success, the other ends are failures, anything else is pending. */
export function resultStatus(status: OperationStatus): 'success' | 'pending' | 'failed' {
  if (status === 'active') return 'success';
  return STATE_TABLE[status].end ? 'failed' : 'pending';
}
