import type { Info } from '@temporalio/activity';
import { NONE } from '../../contract/metrics/metric';
import type { ATTEMPT_OUTCOMES } from '../../contract/metrics/outcomes';
import { OPERATION_KINDS, rulesOf } from '../../contract/operations/kinds';
import type { ProcessMetrics } from '../../metrics/register';
import type { StepEvent } from '../../registry/operations/step-events';

/** Measures an attempt of an activity from its start, and of a step until its end, at which the returned function is called. */
export type MeasureAttempt = (
  info: Pick<Info, 'currentAttemptScheduledTimestampMs' | 'taskQueue' | 'workflowType'>,
  step: Pick<StepEvent, 'step' | 'direction'> | undefined,
) => (outcome: (typeof ATTEMPT_OUTCOMES)[number]) => void;

/** Measures how long attempts wait for a worker, and how long those of steps take. */
export function measureAttempts(metrics: Pick<ProcessMetrics, 'observe'>): MeasureAttempt {
  return ({ currentAttemptScheduledTimestampMs, taskQueue, workflowType }, step) => {
    const waited = Math.max(0, Date.now() - currentAttemptScheduledTimestampMs);
    metrics.observe('provisioner_activity_queue_wait_seconds', { task_queue: taskQueue }, waited / 1000);
    const begun = performance.now();
    return (outcome) => {
      if (!step) return;
      const kind = OPERATION_KINDS.find((each) => rulesOf(each).workflow === workflowType) ?? NONE;
      metrics.observe(
        'provisioner_step_attempt_duration_seconds',
        { kind, step: step.step, direction: step.direction, outcome },
        (performance.now() - begun) / 1000,
      );
    };
  };
}
