/** What can happen at the end of a trial: the operation of this kind begins. */
export const TRIAL_ENDS = ['suspend', 'deprovision'] as const;

/** One of {@link TRIAL_ENDS}. */
export type TrialEnd = (typeof TRIAL_ENDS)[number];

/** Why a trial is over: the customer pays, or its time has passed. */
export const TRIAL_OVER = ['paid', 'time'] as const;

/** Caller recorded for the operation that the end of a trial begins. */
export const TRIAL_CALLER = 'trial';

/** The workflow type that watches one tenant's trial. */
export const TRIAL = 'watchTrial';

/** Signal without payload: the end of the trial was moved, or the trial is over. The run reads from the registry how things stand. */
export const TRIAL_SIGNAL = 'trialChanged';

/** Input of {@link TRIAL}. */
export interface TrialInput {
  tenantId: string;
  /** The operation that provisioned the tenant. */
  operationId: string;
}

/** Workflow id of a tenant's trial. */
export function trialWorkflowId(tenantId: string): string {
  return `trial/${tenantId}`;
}
