import type { OperationStatus } from './states';
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
}

/** Retries of a failed step, from the template's `recovery` section. */
export interface RetrySettings {
  maximumAttempts: number;
  initialIntervalSeconds: number;
  backoffCoefficient: number;
  maximumIntervalSeconds: number;
}

/** Signal `approvalDecision`: through the API it carries only the id of a decision row; sent by hand it carries the decision itself. */
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

/** Search attributes set on every run: ids and enumerations, never names (they are not encrypted). */
export const SEARCH_ATTRIBUTES = {
  plan: 'TenantPlan',
  status: 'ProvisioningStatus',
  step: 'ProvisioningStep',
  region: 'TenantRegion',
  residency: 'DataResidency',
} as const;
