import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import { TASK_QUEUE } from '../contract/temporal/task-queues';

/** The part of Temporal's client that makes, changes and removes schedules. */
export interface Scheduler {
  schedule: {
    create(options: ScheduleOptions): Promise<unknown>;
    getHandle(scheduleId: string): Pick<ScheduleHandle, 'delete' | 'describe' | 'update'>;
  };
}

/** A workflow that Temporal starts at an interval. */
export interface Repeated {
  scheduleId: string;
  /** Minutes between two runs; 0 means never. */
  minutes: number;
  workflowType: string;
  workflowId: string;
  args: unknown[];
  /** Longest one run may take, in seconds. */
  seconds: number;
  summary: string;
}

/**
 * Makes sure that Temporal starts a workflow at its interval, or never if the interval is 0. Idempotent. If workers disagree, the last one
 * to start sets the interval. A schedule that an operator has paused stays paused.
 */
export async function ensureInterval(client: Scheduler, repeated: Repeated): Promise<void> {
  const { scheduleId, minutes, workflowType, workflowId, args, seconds, summary } = repeated;
  if (minutes === 0) return removeSchedule(client, scheduleId);
  // All times are in milliseconds, as in Temporal's description of a schedule, so that the two can be compared.
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
  // Runs missed while Temporal was down are not caught up, because the next run covers everything.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 };
  const spec = { intervals: [interval] };
  try {
    await client.schedule.create({ scheduleId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const schedule = client.schedule.getHandle(scheduleId);
    // Needless updates are skipped: an update also writes the paused state, and could undo a pause by an operator at the same moment.
    if (isSame(await schedule.describe(), { ...interval, ...action, ...policies })) return;
    await schedule.update(({ state }) => ({ spec, action, policies, state: { ...state } }));
  }
}

/** Whether the schedule already has the wanted values. */
function isSame({ spec, action, policies }: ScheduleDescription, wanted: object): boolean {
  const actual: Record<string, unknown> = { ...spec.intervals?.[0], ...action, ...policies };
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(actual[name], value));
}

/**
 * Offset of a schedule's runs within its interval, in seconds: constant for one schedule, different between schedules. Without offsets, all
 * schedules would start together on the full hour, at the same time as those of other installations.
 */
function offsetOf(scheduleId: string, seconds: number): number {
  return Math.floor((createHash('sha256').update(scheduleId).digest().readUInt32BE(0) / 2 ** 32) * seconds);
}

async function removeSchedule(client: Scheduler, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
