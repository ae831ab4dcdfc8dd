import { proxyActivities, proxyLocalActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { Activities } from '../activities/interface';
import { regionTaskQueue, TASK_QUEUE, type ProvisionTenantInput } from '../contract/messages';
import { STEP_LABELS, type Step } from '../contract/steps';

type Proxy = ActivityInterfaceFor<Activities>;

/** A lost worker is noticed this long after its last heartbeat; every activity heartbeats by itself. */
const HEARTBEAT = '20s';

/** Longer than any client's time-out, so that an attempt ends by its own error and not by ours. */
const START_TO_CLOSE = '90s';

/**
 * Forward steps: the template's retries. The overall bound turns a provider – or a region without workers – that stays dead into a
 * failure instead of an endless wait.
 */
export function forwardActivities({ retry }: ProvisionTenantInput, step: Step, region?: string): Proxy {
  return proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: STEP_LABELS[step],
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    retry: {
      maximumAttempts: retry.maximumAttempts,
      initialInterval: retry.initialIntervalSeconds * 1000,
      backoffCoefficient: retry.backoffCoefficient,
      maximumInterval: retry.maximumIntervalSeconds * 1000,
    },
  });
}

/** Compensation: as many attempts as fit a bounded time, then its leftovers go to an operator. */
export function compensationActivities(
  { compensationSeconds }: ProvisionTenantInput,
  step: Step,
  region?: string,
): Proxy {
  return proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: `Compensate: ${STEP_LABELS[step]}`,
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/**
 * The run's own records: one short statement on the registry, tried until it succeeds. Local, because three events and a workflow task for
 * each would make up a third of a run's history.
 */
export function recordActivities(): Proxy {
  return proxyLocalActivities<Activities>({
    startToCloseTimeout: '20s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/** What must happen, however long it takes: the pivot and what follows it. */
export function certainActivities(summary: string): Proxy {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUE,
    summary,
    startToCloseTimeout: '30s',
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s', nonRetryableErrorTypes: [] },
  });
}

/**
 * Mail: written down in the registry and tried once; what the mail server does not take then is sent by rounds of `deliverMail`. So this waits
 * for the registry only, however long that takes.
 */
export function mailActivities(summary: string): Proxy {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUE,
    summary,
    startToCloseTimeout: START_TO_CLOSE,
    heartbeatTimeout: HEARTBEAT,
    scheduleToCloseTimeout: '14 days',
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
  });
}

/** The customer's mail, which must have left before the tenant's key is destroyed: tried as long as the undo of a step. */
export function customerMailActivities({ compensationSeconds }: ProvisionTenantInput): Proxy {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUE,
    summary: 'Tell the customer',
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}
