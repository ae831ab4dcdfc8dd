import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { Activities } from '../activities/interface';
import {
  OUTAGE_SECONDS,
  regionTaskQueue,
  TASK_QUEUE,
  type Patience,
  type ProvisionTenantInput,
} from '../contract/messages';
import { STEP_LABELS, type Step } from '../contract/steps';

type Proxy = ActivityInterfaceFor<Activities>;

/** A lost worker is noticed this long after its last heartbeat; every activity heartbeats by itself. */
const HEARTBEAT = '20s';

/** Longer than any client's time-out, so that an attempt ends by its own error and not by ours. */
const START_TO_CLOSE = '90s';

/** Queueing, work and back-off of a step beside the time it waits for an outage; it ends a step whose region has no workers. */
const STEP_SECONDS = 3600;

/**
 * Forward steps. Temporal repeats them without a limit of attempts: the worker knows which failure was an answer, and ends the step after
 * the template's number of them or its time without any (`activities/patience.ts`).
 */
export function forwardActivities({ retry }: ProvisionTenantInput, step: Step, region?: string): Proxy {
  const { maximumAttempts, outageSeconds = OUTAGE_SECONDS } = retry;
  const activities = proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: STEP_LABELS[step],
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: (STEP_SECONDS + outageSeconds) * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: {
      initialInterval: retry.initialIntervalSeconds * 1000,
      backoffCoefficient: retry.backoffCoefficient,
      maximumInterval: retry.maximumIntervalSeconds * 1000,
    },
  });
  return throughRegistryOutages(activities, { maximumAttempts, outageSeconds });
}

/** Compensation: as many attempts as fit a bounded time, then its leftovers go to an operator. */
export function compensationActivities(
  { compensationSeconds }: ProvisionTenantInput,
  step: Step,
  region?: string,
): Proxy {
  const activities = proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: `Compensate: ${STEP_LABELS[step]}`,
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  return throughRegistryOutages(activities);
}

/** A local activity keeps its workflow task open, and that times out after 10 s. */
export const LOCAL = '4s';

/**
 * The run's own records: one short statement on the registry, tried until it succeeds. Local, because three events and a workflow task for
 * each would make up a third of a run's history. What does not succeed at once is left to an ordinary one, which Temporal's server repeats
 * without adding events.
 */
export function recordActivities(): Proxy {
  const local = proxyLocalActivities<Activities>({
    startToCloseTimeout: LOCAL,
    retry: { maximumAttempts: 1 },
  });
  const patient = certainActivities('Record where the run stands');
  return calling(async (name, input) => {
    try {
      return await local[name](input as never);
    } catch (error) {
      if (isFinal(error)) throw error;
      return patient[name](input as never);
    }
  });
}

/** Whether repeating the activity is of no use. */
function isFinal(error: unknown): boolean {
  const cause = causeOf(error);
  return isCancellation(error) || (cause instanceof ApplicationFailure && cause.nonRetryable === true);
}

/** What the activity threw. A local one's failure comes without the wrapping that others have. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
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

/**
 * Begins an activity again whose time was over while the registry did not answer: neither a step's nor an undo's time is meant for that.
 * Each round takes as long as the activity may, so a long outage adds few events.
 */
function throughRegistryOutages(activities: Proxy, patience?: Patience): Proxy {
  return calling(async (name, input) => {
    for (;;) {
      try {
        return await activities[name]((patience ? { ...input, patience } : input) as never);
      } catch (error) {
        if (!isRegistryOutage(error)) throw error;
      }
    }
  });
}

function isRegistryOutage(error: unknown): boolean {
  const cause = causeOf(error);
  const last = cause instanceof TimeoutFailure ? cause.cause : cause;
  return last instanceof ApplicationFailure && last.type === 'RegistryUnavailable';
}

/** Activities whose every call goes through `call`. */
function calling(call: (name: keyof Activities, input: object) => Promise<unknown>): Proxy {
  return new Proxy({} as Proxy, {
    get: (_, name) => (input: object) => call(name as keyof Activities, input),
  });
}
