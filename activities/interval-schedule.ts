import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import { TASK_QUEUE } from '../contract/messages';

/** A workflow that Temporal starts again and again. */
export interface Repeated {
  scheduleId: string;
  /** Minutes between two runs; 0: never. */
  minutes: number;
  workflowType: string;
  workflowId: string;
  args: unknown[];
  /** Longest one run may take, in seconds. */
  seconds: number;
  summary: string;
}

/**
 * Makes sure that Temporal starts a workflow every so many minutes, or with 0 never. Idempotent; of several workers the last one to start says
 * how often. A schedule that an operator has paused stays paused.
 */
export async function ensureSchedule(client: Client, repeated: Repeated): Promise<void> {
  const { scheduleId, minutes, workflowType, workflowId, args, seconds, summary } = repeated;
  if (minutes === 0) return removeSchedule(client, scheduleId);
  // All times in milliseconds, as Temporal describes a schedule, so that the two can be compared.
  const interval = { every: minutes * 60_000, offset: offsetOf(scheduleId, minutes * 60) * 1000 };
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    workflowId,
    args,
    taskQueue: TASK_QUEUE,
    workflowExecutionTimeout: seconds * 1000,
    staticSummary: summary,
  };
  // What was missed while Temporal was away is not made up for: one run sees everything.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 };
  const spec = { intervals: [interval] };
  try {
    await client.schedule.create({ scheduleId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const schedule = client.schedule.getHandle(scheduleId);
    // An update also writes whether the schedule is paused, and Temporal may apply it after a pause that an operator asked for later.
    if (isSame(await schedule.describe(), { ...interval, ...action, ...policies })) return;
    await schedule.update(({ state }) => ({ spec, action, policies, state: { ...state } }));
  }
}

/** Whether the schedule already has these values. */
function isSame({ spec, action, policies }: ScheduleDescription, wanted: object): boolean {
  const there: Record<string, unknown> = { ...spec.intervals?.[0], ...action, ...policies };
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(there[name], value));
}

/**
 * Seconds into the interval at which a schedule's turns come: always the same for one schedule, different from one to the next. Without it all
 * would begin on the full hour, together and with everybody else's.
 */
function offsetOf(scheduleId: string, seconds: number): number {
  return Math.floor((createHash('sha256').update(scheduleId).digest().readUInt32BE(0) / 2 ** 32) * seconds);
}

async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
