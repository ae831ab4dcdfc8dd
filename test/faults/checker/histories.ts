import type { temporal } from '@temporalio/proto';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { OPERATION_KINDS, rulesOf } from '../../../contract/operations/kinds';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import type { Step } from '../../../contract/operations/steps';
import { decrypted, historyOf } from '../../helpers/temporal/histories';
import type { TestProduct } from '../../helpers/product';
import type { Accepted } from './evidence';

/** A run as Temporal has recorded it, decrypted. */
export interface Recorded {
  run: Accepted;
  history: temporal.api.history.v1.IHistory;
  activities: RecordedActivity[];
}

/** An activity in a history; its events are identified by their position. */
export interface RecordedActivity {
  type: string;
  step?: Step;
  scheduled: number;
  /** Position at which it ended, whatever the outcome; missing while it is open. */
  settled?: number;
  completed: boolean;
}

/** The histories of all runs that have one. */
export async function recordedRuns(product: TestProduct, accepted: readonly Accepted[]): Promise<Recorded[]> {
  const codec = createPayloadCodec(parseKeyRing(product.env.CODEC_KEY_RING!));
  const recorded: Recorded[] = [];
  for (const run of accepted) {
    const history = await decrypted(await historyOf(product, run.operationId), codec);
    recorded.push({ run, history, activities: activitiesIn(history) });
  }
  return recorded;
}

/** Visibility query for the runs of all kinds of operations. */
export const OPERATIONS = `WorkflowType in (${OPERATION_KINDS.map((kind) => `'${rulesOf(kind).workflow}'`).join(', ')})`;

/** A run's workflow id. */
export function workflowIdOf({ run }: Recorded): string {
  return operationWorkflowId(run.operationId);
}

/** Every activity of a history, in the order they were scheduled. */
export function activitiesIn({ events }: temporal.api.history.v1.IHistory): RecordedActivity[] {
  const byEvent = new Map<string, RecordedActivity>();
  for (const [place, event] of (events ?? []).entries()) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const step = stepOf(scheduled.input?.payloads?.[0]?.data);
      byEvent.set(String(event.eventId), {
        type: scheduled.activityType?.name ?? '',
        ...(step === undefined ? {} : { step }),
        scheduled: place,
        completed: false,
      });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const ended =
      completed ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const activity = ended && byEvent.get(String(ended.scheduledEventId));
    if (activity) Object.assign(activity, { settled: place, completed: completed !== undefined && completed !== null });
  }
  return [...byEvent.values()];
}

function stepOf(data: Uint8Array | null | undefined): Step | undefined {
  if (!data || data.length === 0) return undefined;
  try {
    return (JSON.parse(Buffer.from(data).toString()) as { step?: Step }).step;
  } catch {
    return undefined;
  }
}
