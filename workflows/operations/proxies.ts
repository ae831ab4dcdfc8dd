import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
  workflowInfo,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/operations/interface';
import { stepRule, stepsOf, type OperationKind } from '../../contract/operations/kinds';
import { OUTAGE_SECONDS, type OperationInput, type Patience } from '../../contract/operations/messages';
import { begunPriority } from '../../contract/temporal/priorities';
import { regionTaskQueue, TASK_QUEUE } from '../../contract/temporal/task-queues';
import type { Step } from '../../contract/operations/steps';

type Proxy = ActivityInterfaceFor<Activities>;

/** What the activities of a run's steps depend on. */
interface OperationRun {
  kind: OperationKind;
  input: OperationInput;
}

/** Temporal takes a worker for lost this long after its last heartbeat; every activity sends heartbeats automatically. */
const HEARTBEAT = '20s';

/** Longer than any provider client's time-out, so that an attempt ends with the client's own error and not with Temporal's. */
const START_TO_CLOSE = '90s';

/**
 * One attempt of a release may delete millions of objects or rows, and one of an export writes gigabytes. What it has done stays done, so the next
 * one goes on from there.
 */
export const LONG_ATTEMPT = '15m';

/**
 * Time a step may spend queueing, working and backing off, beside the outages it waits out. Also ends a step whose region has no workers.
 */
const STEP_SECONDS = 3600;

/**
 * Activities of a forward step. Temporal retries them without limit, because only the worker knows which failures were answers of a
 * provider: it ends the step after the template's number of answers, or when an outage outlasts the template's time for it
 * (`worker/patience.ts`).
 */
export function forwardActivities(
  { kind, input: { retry } }: OperationRun,
  step: Step,
  region?: string,
  startToCloseTimeout: typeof START_TO_CLOSE | typeof LONG_ATTEMPT = START_TO_CLOSE,
): Proxy {
  const { maximumAttempts, outageSeconds = OUTAGE_SECONDS } = retry;
  const activities = proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: stepRule(kind, step).label,
    ...(step === stepsOf(kind)[0] ? {} : begunPriority(workflowInfo().priority)),
    startToCloseTimeout,
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

/** Activities that undo a step: retried for `compensationSeconds`; after that its leftovers go to an operator. */
export function compensationActivities(
  { kind, input: { compensationSeconds } }: OperationRun,
  step: Step,
  region?: string,
): Proxy {
  const activities = proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: `Compensate: ${stepRule(kind, step).label}`,
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  return throughRegistryOutages(activities);
}

/** Activities that remove what a tenant has of a step of its provisioning: retried for `compensationSeconds`, like the undo of that step. */
export function releaseActivities(
  { input: { compensationSeconds } }: OperationRun,
  step: Step,
  region?: string,
): Proxy {
  const activities = proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary: `Remove: ${step}`,
    startToCloseTimeout: LONG_ATTEMPT,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  return throughRegistryOutages(activities);
}

/** Time limit of a local activity: it keeps its workflow task open, and a workflow task times out after 10 s. */
export const LOCAL = '4s';

/**
 * The run's own records: one short statement on the registry each, retried until it succeeds. They start as local activities, because three
 * events and a workflow task for each would make up a third of a run's history. If the local attempt fails, an ordinary activity takes
 * over, which Temporal's server retries without adding events.
 */
export function recordActivities(): Proxy {
  const local = proxyLocalActivities<Activities>({
    startToCloseTimeout: LOCAL,
    retry: { maximumAttempts: 1 },
  });
  const persistent = certainActivities('Record the run’s progress');
  return routedThrough(async (name, input) => {
    try {
      return await local[name](input as never);
    } catch (error) {
      if (isFinal(error)) throw error;
      return persistent[name](input as never);
    }
  });
}

/** Whether retrying the activity cannot help. */
function isFinal(error: unknown): boolean {
  const cause = causeOf(error);
  return isCancellation(error) || (cause instanceof ApplicationFailure && cause.nonRetryable === true);
}

/** The error that the activity threw. Failures of local activities arrive without the `ActivityFailure` around it. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}

/** Activities that must succeed, however long it takes: the pivot and what follows it. */
export function certainActivities(
  summary: string,
  { region, startToClose = '30s' }: { region?: string; startToClose?: '30s' | typeof LONG_ATTEMPT } = {},
): Proxy {
  return proxyActivities<Activities>({
    taskQueue: region === undefined ? TASK_QUEUE : regionTaskQueue(region),
    summary,
    ...begunPriority(workflowInfo().priority),
    startToCloseTimeout: startToClose,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/**
 * Mail: stored in the registry and tried once; rounds of `deliverMail` send what the mail server did not accept then. So these activities
 * are retried only while the registry is unavailable, for up to 14 days.
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

/** The customer's mail, which must be sent before the tenant's key is destroyed. Retried for as long as the undo of a step. */
export function customerMailActivities({ compensationSeconds }: OperationInput): Proxy {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUE,
    summary: 'Notify the customer',
    startToCloseTimeout: START_TO_CLOSE,
    scheduleToCloseTimeout: compensationSeconds * 1000,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

/**
 * Restarts an activity that timed out because the registry did not answer: the time limits of steps and undos are not meant for that.
 * Each round lasts as long as the activity's own limit, so a long outage adds few events.
 */
function throughRegistryOutages(activities: Proxy, patience?: Patience): Proxy {
  return routedThrough(async (name, input) => {
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

/** Activities of which every call goes through `call`. */
function routedThrough(call: (name: keyof Activities, input: object) => Promise<unknown>): Proxy {
  return new Proxy({} as Proxy, {
    get: (_, name) => (input: object) => call(name as keyof Activities, input),
  });
}
