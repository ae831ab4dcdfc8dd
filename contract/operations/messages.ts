import type { Access } from '../tenants/access';
import type { OperationStatus, ResolutionVerb } from './states';
import type { Step, StepState } from './steps';

/** The workflow id of an operation: `operation/<operationId>`. */
export function operationWorkflowId(operationId: string): string {
  return `operation/${operationId}`;
}

/** Input of every operation's workflow. It has ids and settings only: activities load the order, so nothing secret enters the history. */
export interface OperationInput {
  operationId: string;
  tenantId: string;
  plan: string;
  retry: RetrySettings;
  /** Seconds for which the undo of one step is tried before its leftovers go to an operator. */
  compensationSeconds: number;
  /** How a permanent failure of a step is handled; when absent, the run compensates. */
  recovery?: RecoverySettings;
  /** Set when an earlier run of the operation was lost and this run takes over. */
  resume?: Resume;
}

/** Input of the workflow that provisions a tenant. */
export interface ProvisionTenantInput extends OperationInput {
  /** Seconds an approver has before the order counts as rejected. */
  approvalDeadlineSeconds: number;
  /** Whether a signal sent past the API (Temporal CLI, Web UI) may decide. */
  acceptUnverifiedApproval: boolean;
}

/** Input of the workflows that suspend a tenant and resume it. */
export interface ChangeAccessInput extends OperationInput {
  /** The tenant's region. */
  region: string;
  /** The access that the tenant is to have afterwards. */
  access: Access;
}

/** Input of the workflow that reconciles a tenant. */
export interface ReconcileInput extends OperationInput {
  /** The tenant's region. */
  region: string;
  /** Only lists the differences between the ledger and the providers. */
  dryRun: boolean;
}

/** Input of the workflow that removes a tenant. */
export interface DeprovisionInput extends ChangeAccessInput {
  /** Seconds between the announcement and the removal. */
  graceSeconds: number;
  /** Whether the tenant is exported before it is removed. */
  export: boolean;
}

/** Signal `legalHoldLifted`: a legal hold on the tenant was lifted, or its end was moved. No payload: the run asks the registry. */
export const LEGAL_HOLD_SIGNAL = 'legalHoldLifted';

/** Hours a run waits for an operator unless its template says otherwise. */
export const HOLD_HOURS = 24;

/** How a permanent failure of a step is handled, from the `recovery` sections of the template and the order. */
export interface RecoverySettings {
  onPermanentFailure: 'compensate' | 'hold';
  /** Seconds a run waits for an operator before it compensates. */
  holdSeconds: number;
  /** Steps an operator may skip. */
  skippable: Step[];
}

/** How a run takes over from a predecessor that was terminated, or whose history is gone; or from one that waited for long. */
export interface Resume {
  /**
   * - `compensate`: before the pivot, undo everything.
   * - `go-on`: everything before the pivot is done, so begin with the pivot.
   * - `hand-over`: after the pivot, finish what the lost run left.
   */
  as: 'compensate' | 'go-on' | 'hand-over';
  region?: string;
  /** The failure that the predecessor had already reported. */
  failure?: OperationFailure;
  /** Steps that an operator skipped. */
  skipped?: Step[];
  /** The status to end with once nothing is left. */
  end?: 'rejected' | 'cancelled' | 'failed';
}

/** Retries of a failed step, from the template's `recovery` section. */
export interface RetrySettings {
  /** Failures answered by a provider before the step ends; an outage is not counted. */
  maximumAttempts: number;
  initialIntervalSeconds: number;
  backoffCoefficient: number;
  maximumIntervalSeconds: number;
  /** Seconds without any answer before the step ends; {@link OUTAGE_SECONDS} when absent. */
  outageSeconds?: number | undefined;
}

/** Seconds to wait for a provider that does not answer, where the template does not set it. */
export const OUTAGE_SECONDS = 900;

/** Limits on how long the worker keeps trying a step; absent where the activity's retry policy alone decides. */
export interface Patience {
  maximumAttempts: number;
  outageSeconds: number;
}

/** Failure type for an input or a message that cannot be decoded or does not have the required shape. */
export const MALFORMED = 'MalformedMessage';

/**
 * Signal `approvalDecision`. Sent by the API it carries only the id of a decision row; sent by hand it carries the decision itself. In both
 * cases the run asks the registry which decision stands.
 */
export const APPROVAL_SIGNAL = 'approvalDecision';

/** Payload of {@link APPROVAL_SIGNAL}. */
export interface ApprovalSignal {
  decisionId?: string;
  decision?: 'approve' | 'reject';
  comment?: string;
}

/** Update `cancel`. Its validator refuses it after the pivot and during compensation. */
export const CANCEL_UPDATE = 'cancel';

/** Input of {@link CANCEL_UPDATE}. */
export interface CancelRequest {
  requestedBy: string;
}

/**
 * Input of the updates `retry`, `amend`, `skip`, `compensate` and `accept`. Sent by the API it carries the id of a resolution row, which
 * holds the details. Sent by hand the id may be absent, except for `amend` and `accept`, which need those details.
 */
export interface ResolutionRequest {
  resolutionId?: string;
  /** Why; required for `skip`. */
  reason?: string;
}

/** A resolution that the run has accepted and carries out. */
export interface AcceptedResolution extends ResolutionRequest {
  verb: ResolutionVerb;
}

/** Query `progress`. It is synchronous and cheap, and its answer holds no secrets. */
export const PROGRESS_QUERY = 'progress';

/** Answer of {@link PROGRESS_QUERY}. */
export interface Progress {
  status: OperationStatus;
  steps: { id: Step; label: string; state: StepState }[];
  approval: ApprovalState;
  completed: number;
  total: number;
  failure?: OperationFailure | undefined;
  leftovers: Leftover[];
  /** ISO 8601; on hold only: until when an operator may decide. */
  holdUntil?: string | undefined;
  /** What the run waits for by itself, for people. */
  waitsFor?: string | undefined;
}

/** Where an approval stands. */
export type ApprovalState = 'not_required' | 'waiting' | 'approved' | 'rejected' | 'expired';

/** The first failure that stopped a run from going forward. `type` is a type of the failure catalogue. */
export interface OperationFailure {
  type: string;
  message: string;
  step: Step;
  /** JSON pointer into the order, when its author can correct the field. */
  pointer?: string;
}

/** A resource that compensation could not release. */
export interface Leftover {
  kind: string;
  provider: string;
  region: string;
  id: string;
  lastError: string;
}
