import type { Priority } from '@temporalio/common';
import type { Plan } from '../orders/order';

/**
 * The order in which Temporal gives queued tasks to workers (https://docs.temporal.io/develop/task-queue-priority-fairness): a lower number goes
 * first, 3 is the default. Within a number, plans take turns by weight, so that a burst of trials does not hold up the other plans, and trials never starve.
 * Temporal servers without fairness (`matching.enableFairness`) only look at the number.
 */
const PRIORITIES: Record<Plan, { key: number; weight: number }> = {
  enterprise: { key: 2, weight: 10 },
  professional: { key: 3, weight: 2 },
  starter: { key: 3, weight: 1 },
};

/** Priority of the run of an operation on a tenant of this plan. */
export function operationPriority(plan: string): Priority {
  const { key, weight } = PRIORITIES[plan as Plan] ?? PRIORITIES.starter;
  return { priorityKey: key, fairnessKey: plan, fairnessWeight: weight };
}

/**
 * Priority of the later steps of a run: one before its first. Under load, tenants that were begun are finished before more are begun, so that the
 * first of a burst does not wait for the last. Nothing for a run that was started without a priority.
 */
export function begunPriority({ priorityKey }: Priority = {}): { priority?: Priority } {
  return priorityKey === undefined || priorityKey === 1 ? {} : { priority: { priorityKey: priorityKey - 1 } };
}
