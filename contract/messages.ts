import type { OperationStatus, ResolutionVerb } from './states';
import type { Step, StepState } from './steps';

/** Task queue of everything that belongs to no region. */
export const TASK_QUEUE = 'provisioning';

/** Task queue of the activities that touch one region; polled only where that region's credentials are. */
export function regionTaskQueue(region: string): string {
  return `region.${region}`;
}

/** The workflow type that provisions a tenant. */
export const PROVISION_TENANT = 'provisionTenant';

/** The workflow id of an operation: `operation/<operationId>`. */
export function operationWorkflowId(operationId: string): string {
  return `operation/${operationId}`;
}

/** The operation id inside a workflow id, or undefined when it is not one of ours. */
export function operationIdOf(workflowId: string): string | undefined {
  return workflowId.startsWith('operation/') ? workflowId.slice('operation/'.length) : undefined;
}

/** Input of {@link PROVISION_TENANT}. Ids and settings only: activities load the order, nothing secret enters history. */
export interface ProvisionTenantInput {
  operationId: string;
  tenantId: string;
  plan: string;
  /** Seconds an approver has before the order counts as rejected. */
  approvalDeadlineSeconds: number;
  retry: RetrySettings;
  /** Seconds compensation of one step is tried before its leftovers go to an operator. */
  compensationSeconds: number;
  /** Whether a signal sent past the API (Temporal CLI, Web UI) may decide. */
  acceptUnverifiedApproval: boolean;
  /** What becomes of a step that failed for good; without it the run compensates. */
  recovery?: RecoverySettings;
  /** Set when an earlier run of the operation is gone and this one ends what that began. */
  resume?: Resume;
}

/** What becomes of a step that failed for good, from the template's `recovery` section and the order's. */
export interface RecoverySettings {
  onPermanentFailure: 'compensate' | 'hold';
  /** Seconds a run waits for an operator before it compensates. */
  holdSeconds: number;
  /** Steps an operator may leave out. */
  skippable: Step[];
}

/** How a run goes on whose predecessor was terminated, or whose history is gone. */
export interface Resume {
  /** Before the pivot everything is undone; after it what was not finished is. */
  as: 'compensate' | 'hand-over';
  region?: string;
  /** The failure the predecessor had reported already. */
  failure?: OperationFailure;
  /** Steps an operator has left out. */
  skipped?: Step[];
  /** The end when nothing is left. */
  end?: 'rejected' | 'cancelled' | 'failed';
}

/** Retries of a failed step, from the template's `recovery` section. */
export interface RetrySettings {
  /** How many answers that are failures end the step. */
  maximumAttempts: number;
  initialIntervalSeconds: number;
  backoffCoefficient: number;
  maximumIntervalSeconds: number;
  /** Seconds without any answer that end the step; without it {@link OUTAGE_SECONDS}. */
  outageSeconds?: number | undefined;
}

/** How long a provider that does not answer is waited for where the template does not say. */
export const OUTAGE_SECONDS = 900;

/** How patient the worker is with a step; absent where the activity's retry policy alone decides. */
export interface Patience {
  maximumAttempts: number;
  outageSeconds: number;
}

/** Type of the failure that an input or a message is refused with when it cannot be decoded or is not of the shape it must have. */
export const MALFORMED = 'MalformedMessage';

/**
 * Signal `approvalDecision`: through the API it carries only the id of a decision row; sent by hand it carries the decision itself. Whatever
 * it carries, the run asks the registry which decision stands.
 */
export const APPROVAL_SIGNAL = 'approvalDecision';

/** Payload of {@link APPROVAL_SIGNAL}. */
export interface ApprovalSignal {
  decisionId?: string;
  decision?: 'approve' | 'reject';
  comment?: string;
}

/** Update `cancel`: refused (validator) after the pivot or while compensating. */
export const CANCEL_UPDATE = 'cancel';

/** Input of {@link CANCEL_UPDATE}. */
export interface CancelRequest {
  requestedBy: string;
}

/**
 * Input of the updates `retry`, `amend`, `skip`, `compensate` and `accept`. Through the API it carries the id of a resolution row, which has
 * the details; sent by hand it may be without one, but for `amend` and `accept`, which need those details.
 */
export interface ResolutionRequest {
  resolutionId?: string;
  /** Why; `skip` needs it. */
  reason?: string;
}

/** A resolution that a run has accepted and carries out. */
export interface AcceptedResolution extends ResolutionRequest {
  verb: ResolutionVerb;
}

/** Query `progress`: synchronous, cheap, no secrets. */
export const PROGRESS_QUERY = 'progress';

/** Answer of {@link PROGRESS_QUERY}. */
export interface Progress {
  status: OperationStatus;
  steps: { id: Step; label: string; state: StepState }[];
  approval: ApprovalState;
  completed: number;
  total: number;
  failure?: OperationFailure;
  leftovers: Leftover[];
  /** ISO 8601; while on hold: until when an operator may decide. */
  holdUntil?: string;
}

/** Where an approval stands. */
export type ApprovalState = 'not_required' | 'waiting' | 'approved' | 'rejected' | 'expired';

/** The first failure that made a run turn round; `type` is one of the failure catalogue. */
export interface OperationFailure {
  type: string;
  message: string;
  step: Step;
  /** JSON pointer into the order, when its author can correct it. */
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

/** Search attributes of runs, the tenant's on every run about one: ids and enumerations, never names (they are not encrypted). */
export const SEARCH_ATTRIBUTES = {
  tenant: 'TenantId',
  plan: 'TenantPlan',
  status: 'ProvisioningStatus',
  step: 'ProvisioningStep',
  region: 'TenantRegion',
  residency: 'DataResidency',
} as const;
