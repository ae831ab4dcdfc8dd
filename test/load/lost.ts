import { temporal } from '@temporalio/proto';
import { historyOf } from '../helpers/histories';
import type { TestProduct } from '../helpers/product';

/** Tasks that a living worker was given and that timed out, told from Temporal's own histories. */
export interface LostTasks {
  activities: string[];
  workflowTasks: string[];
}

/** Looks through the histories of these operations. A failed activity is begun again by its failure; a lost one by a time-out. */
export async function lostTasks(product: TestProduct, operationIds: readonly string[]): Promise<LostTasks> {
  const lost: LostTasks = { activities: [], workflowTasks: [] };
  for (const operationId of operationIds) {
    const events = (await historyOf(product, operationId)).events ?? [];
    const scheduled = new Map(
      events.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name]),
    );
    for (const { activityTaskStartedEventAttributes: begun, workflowTaskTimedOutEventAttributes: late } of events) {
      const timeout = begun?.lastFailure?.timeoutFailureInfo;
      if (begun && timeout)
        lost.activities.push(
          `${operationId}: ${scheduled.get(String(begun.scheduledEventId))}, attempt ${begun.attempt}, ${nameOf(timeout.timeoutType)}`,
        );
      // A sticky queue's task that nobody has taken in time is given to another worker, and costs nothing else.
      if (late && late.timeoutType !== SCHEDULE_TO_START)
        lost.workflowTasks.push(`${operationId}: ${nameOf(late.timeoutType)}`);
    }
  }
  return lost;
}

const { TimeoutType } = temporal.api.enums.v1;
const SCHEDULE_TO_START = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;

function nameOf(type: temporal.api.enums.v1.TimeoutType | null | undefined): string {
  return TimeoutType[type ?? 0]!.replace('TIMEOUT_TYPE_', '').toLowerCase();
}
