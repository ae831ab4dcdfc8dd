import { temporal } from '@temporalio/proto';
import { historyOf } from '../../helpers/temporal/histories';
import type { TestProduct } from '../../helpers/product';

/** Tasks that timed out although their worker was alive, according to Temporal's own histories. */
export interface LostTasks {
  activities: string[];
  workflowTasks: string[];
}

/** Searches the histories of these operations. Temporal starts a new attempt after a failure, or after a time-out if the task was lost. */
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
      // A sticky task that is not picked up in time goes to another worker, which costs nothing else.
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
