import { FAILURES, type FailureType } from '../operations/failures';
import { OPERATION_KINDS } from '../operations/kinds';
import { END_STATUSES, STATUSES } from '../operations/states';
import { STEPS } from '../operations/steps';
import { PLANS } from '../orders/order';
import { PATIENCE_SECONDS, WORK_SECONDS } from './buckets';
import type { Metric } from './metric';
import { ATTEMPT_OUTCOMES, OPERATION_OUTCOMES } from './outcomes';
import { NONE } from './metric';

/** The regions file bounds the number of regions. */
export const REGION = { bound: 'the regions file' };

/** Statuses of operations that have not ended. */
export const OPEN_STATUSES = STATUSES.filter((status) => !END_STATUSES.includes(status));

/** Open statuses in which a person or a date decides how the run goes on. */
export const WAITING_STATUSES = ['awaiting_approval', 'on_hold', 'needs_operator', 'grace'] as const;

/** Open statuses in which a run goes on by itself. */
export const ACTING_STATUSES = OPEN_STATUSES.filter(
  (status) => !(WAITING_STATUSES as readonly string[]).includes(status),
);

const FAILURE_TYPES = Object.keys(FAILURES) as FailureType[];

const kind = OPERATION_KINDS;
const plan = PLANS;
const step = STEPS;

/** Metrics of operations and their steps. */
export const OPERATION_METRICS = {
  provisioner_operations_accepted_total: {
    type: 'counter',
    help: 'Operations accepted.',
    labels: { kind, plan },
    from: 'registry',
    zeros: true,
  },
  provisioner_operations_ended_total: {
    type: 'counter',
    help: 'Operations ended. Only succeeded and failed ones count towards the success objective.',
    labels: { kind, plan, outcome: OPERATION_OUTCOMES },
    from: 'registry',
    zeros: true,
  },
  provisioner_operation_duration_seconds: {
    type: 'histogram',
    help: 'Time from the acceptance of an operation to its end, with all waiting.',
    labels: { kind, plan, region: REGION, outcome: OPERATION_OUTCOMES },
    from: 'registry',
    buckets: PATIENCE_SECONDS,
  },
  provisioner_operation_work_seconds: {
    type: 'histogram',
    help: 'Time from the acceptance of an operation to its success, without the time in which it waited for a person or a date. The duration objective uses it.',
    labels: { kind, plan },
    from: 'registry',
    buckets: WORK_SECONDS,
    zeros: true,
  },
  provisioner_operation_status_seconds: {
    type: 'histogram',
    help: 'Time that an operation was in a status, counted when it leaves it: awaiting_approval for approvals, on_hold for holds, compensating for the undo, needs_operator for leftovers.',
    labels: { kind, plan, status: OPEN_STATUSES },
    from: 'registry',
    buckets: PATIENCE_SECONDS,
  },
  provisioner_operation_failures_total: {
    type: 'counter',
    help: 'Operations ended without success by the step and the type of the failure.',
    labels: { kind, plan, step: [...STEPS, NONE], failure: FAILURE_TYPES },
    from: 'registry',
  },
  provisioner_step_duration_seconds: {
    type: 'histogram',
    help: 'Time from the beginning of a step to its end, with all attempts. `compensated`: the time of its undo.',
    labels: { kind, plan, region: REGION, step, outcome: ['done', 'failed', 'compensated'] },
    from: 'registry',
    buckets: WORK_SECONDS,
  },
  provisioner_step_failures_total: {
    type: 'counter',
    help: 'Failed attempts of the activities of a step by the type of the failure.',
    labels: { kind, plan, region: REGION, step, direction: ['forward', 'compensation'], failure: FAILURE_TYPES },
    from: 'registry',
  },
  provisioner_step_attempt_duration_seconds: {
    type: 'histogram',
    help: 'Duration of single attempts of the activities of a step.',
    labels: {
      kind: [...OPERATION_KINDS, NONE],
      step,
      direction: ['forward', 'compensation'],
      outcome: ATTEMPT_OUTCOMES,
    },
    from: ['worker'],
    buckets: WORK_SECONDS,
  },
  provisioner_operations: {
    type: 'gauge',
    help: 'Operations that have not ended.',
    labels: { kind, status: OPEN_STATUSES },
    from: 'registry',
    zeros: true,
  },
  provisioner_longest_idle_seconds: {
    type: 'gauge',
    help: 'Longest time for which an operation that goes on by itself has shown no sign of life.',
    labels: { status: ACTING_STATUSES },
    from: 'registry',
    zeros: true,
  },
} as const satisfies Record<string, Metric>;
