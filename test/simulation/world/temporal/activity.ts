import {
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { coresdk, temporal } from '@temporalio/proto';
import type { Step } from '../../../../contract/operations/steps';
import type { RecordedActivity } from '../../../faults/checker/histories';
import type { VirtualClock } from '../clock';
import { drawn } from '../../plan/random';
import { untilBack, type AttemptContext, type OrchestratorOptions } from './options';

export type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity & { isLocal: boolean };
export type Resolution = coresdk.activity_result.IActivityResolution;

const failures = new DefaultFailureConverter();
const { TIMEOUT_TYPE_START_TO_CLOSE, TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, TIMEOUT_TYPE_HEARTBEAT } =
  temporal.api.enums.v1.TimeoutType;
const { TRY_CANCEL, ABANDON } = coresdk.workflow_commands.ActivityCancellationType;

/** The run that an activity belongs to. */
interface ActivityRun {
  readonly options: OrchestratorOptions;
  readonly workflowId: string;
  readonly runId: string;
  /** Activities in the order in which they were scheduled. */
  readonly activities: RecordedActivity[];
  /** Counts activity events, so that two events at the same time have an order. */
  moments: number;
  resolveActivity(seq: number, result: Resolution, isLocal: boolean): void;
}

/** A worker learns of a cancellation from the answer to its next heartbeat; the SDK sends one at most this often. */
const HEARTBEAT_THROTTLE_MS = 16_000;

/** One activity of a run, with all of its attempts. */
export class Activity {
  #attempt = 0;
  #over = false;
  #cancelRequested = false;
  #current: (AttemptContext & { abort(reason: string): void }) | undefined;
  #cancelTimers: (() => void)[] = [];
  #lastError: unknown;
  #details: unknown;
  readonly #recorded: RecordedActivity;
  readonly #scheduledAt: number;

  constructor(
    readonly run: ActivityRun,
    readonly command: ScheduleActivity,
  ) {
    this.#scheduledAt = this.#clock.now;
    const { step } = (this.#args[0] ?? {}) as { step?: Step };
    this.#recorded = {
      type: command.activityType!,
      scheduled: ++run.moments,
      completed: false,
      ...(step === undefined ? {} : { step }),
    };
    run.activities.push(this.#recorded);
    const scheduleToClose = this.#scheduleToCloseMs;
    if (scheduleToClose !== undefined)
      this.#cancelTimers.push(
        this.#clock.after(scheduleToClose, () => {
          this.#current?.abort('TIMED_OUT');
          this.#fail(this.#timeout(TIMEOUT_TYPE_SCHEDULE_TO_CLOSE));
        }),
      );
    this.#next(2 + Math.floor(drawn(this.#options.seed, `${command.activityId}`) * 8));
  }

  get #options(): OrchestratorOptions {
    return this.run.options;
  }

  get #clock(): VirtualClock {
    return this.#options.clock;
  }

  get #args(): unknown[] {
    return (this.command.arguments ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
  }

  get #scheduleToCloseMs(): number | undefined {
    const ms = optionalTsToMs(this.command.scheduleToCloseTimeout);
    return ms === undefined || ms === 0 ? undefined : ms;
  }

  requestCancel(): void {
    if (this.#over || this.#cancelRequested) return;
    this.#cancelRequested = true;
    const { cancellationType, isLocal, activityId } = this.command;
    if (cancellationType === ABANDON) return;
    const current = this.#current;
    if (current) {
      const heard = isLocal ? 1 : drawn(this.#options.seed, `cancel-${activityId}`) * HEARTBEAT_THROTTLE_MS;
      this.#clock.after(heard, () => current.abort('CANCELLED'));
    }
    if (!current || cancellationType === TRY_CANCEL) this.#resolveCancelled();
  }

  forget(): void {
    this.#over = true;
    for (const cancel of this.#cancelTimers) cancel();
    if (this.#current) this.#current.dead = true;
  }

  #next(delayMs: number): void {
    this.#current = undefined;
    const wait = this.command.isLocal ? delayMs : Math.max(delayMs, untilBack(this.#options) + 2);
    this.#cancelTimers.push(this.#clock.after(wait, () => void this.#begin()));
  }

  async #begin(): Promise<void> {
    if (this.#over) return;
    this.#attempt += 1;
    const { command } = this;
    const controller = new AbortController();
    let lastBeat = this.#clock.now;
    const context = {
      dead: false,
      abort: (reason: string): void => controller.abort(new CancelledFailure(reason)),
      info: {
        activityId: command.activityId!,
        activityType: command.activityType!,
        attempt: this.#attempt,
        isLocal: command.isLocal,
        taskQueue: command.taskQueue ?? 'provisioning',
        retryPolicy: command.retryPolicy
          ? {
              initialInterval: optionalTsToMs(command.retryPolicy.initialInterval)!,
              backoffCoefficient: command.retryPolicy.backoffCoefficient ?? 2,
              maximumInterval: optionalTsToMs(command.retryPolicy.maximumInterval)!,
            }
          : undefined,
        workflowExecution: { workflowId: this.run.workflowId, runId: this.run.runId },
        heartbeatDetails: this.#details,
        currentAttemptScheduledTimestampMs: this.#clock.now,
      },
      cancellationSignal: controller.signal,
      heartbeat: (details?: unknown): void => {
        lastBeat = this.#clock.now;
        if (details !== undefined && !stale()) this.#details = details;
      },
      log: SILENT,
    };
    this.#current = context;
    const stale = (): boolean => this.#over || this.#current !== context;
    const startToClose = optionalTsToMs(command.startToCloseTimeout);
    const cancelTimeout = startToClose
      ? this.#clock.after(startToClose, () => {
          if (stale()) return;
          context.abort('TIMED_OUT');
          this.#retry(this.#timeout(TIMEOUT_TYPE_START_TO_CLOSE));
        })
      : () => {};
    const heartbeat = optionalTsToMs(command.heartbeatTimeout);
    const watch = (): void => {
      if (stale() || !heartbeat) return;
      // Every activity heartbeats automatically, so only a dead worker is silent.
      if (context.dead && this.#clock.now - lastBeat >= heartbeat) this.#retry(this.#timeout(TIMEOUT_TYPE_HEARTBEAT));
      else this.#cancelTimers.push(this.#clock.after(heartbeat / 2, watch));
    };
    watch();
    try {
      const result = await this.#clock.owner.run(context, () => this.#options.execute(context, this.#args));
      cancelTimeout();
      if (stale() || context.dead) return;
      this.#resolve({ completed: { result: defaultPayloadConverter.toPayload(result) } });
    } catch (error) {
      cancelTimeout();
      if (stale() || context.dead) return;
      if (error instanceof CancelledFailure && this.#cancelRequested) this.#resolveCancelled();
      else this.#retry(error);
    }
  }

  /** After a failed attempt, schedules another one if policy and time allow it. */
  #retry(error: unknown): void {
    this.#lastError = error;
    const { retryPolicy, isLocal } = this.command;
    if (this.#cancelRequested) return this.#fail(error);
    if (error instanceof ApplicationFailure && error.nonRetryable === true) return this.#fail(error);
    const { maximumAttempts = 0, nonRetryableErrorTypes = [] } = retryPolicy ?? {};
    if (maximumAttempts! > 0 && this.#attempt >= maximumAttempts!) return this.#fail(error);
    if (error instanceof ApplicationFailure && nonRetryableErrorTypes!.includes(error.type ?? ''))
      return this.#fail(error);
    const named = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
    const delay = typeof named === 'number' && !isLocal ? named : this.#backoff();
    const end = this.#scheduleToCloseMs === undefined ? Infinity : this.#scheduledAt + this.#scheduleToCloseMs;
    if (this.#clock.now + delay >= end) return this.#fail(error);
    this.#next(delay);
  }

  #backoff(): number {
    const policy = this.command.retryPolicy ?? {};
    const initial = optionalTsToMs(policy.initialInterval) ?? 1_000;
    const maximum = optionalTsToMs(policy.maximumInterval) || initial * 100;
    return Math.min(initial * (policy.backoffCoefficient || 2) ** (this.#attempt - 1), maximum);
  }

  #fail(error: unknown): void {
    const cause = failures.errorToFailure(error, defaultPayloadConverter);
    this.#resolve({
      failed: { failure: { message: 'Activity task failed', activityFailureInfo: this.#about, cause } },
    });
  }

  #resolveCancelled(): void {
    const cause = { message: 'Activity cancelled', canceledFailureInfo: {} };
    this.#resolve({
      cancelled: { failure: { message: 'Activity cancelled', activityFailureInfo: this.#about, cause } },
    });
  }

  get #about(): temporal.api.failure.v1.IActivityFailureInfo {
    const { activityId, activityType: name } = this.command;
    return { activityId: activityId!, activityType: { name: name! } };
  }

  #timeout(timeoutType: temporal.api.enums.v1.TimeoutType): Error {
    const cause =
      this.#lastError === undefined ? undefined : failures.errorToFailure(this.#lastError, defaultPayloadConverter);
    const message = 'activity timed out';
    const failure = { message, timeoutFailureInfo: { timeoutType }, ...(cause ? { cause } : {}) };
    return failures.failureToError(failure, defaultPayloadConverter);
  }

  #resolve(result: Resolution): void {
    if (this.#over) return;
    this.#over = true;
    Object.assign(this.#recorded, { settled: ++this.run.moments, completed: 'completed' in result });
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
    this.run.resolveActivity(this.command.seq!, result, this.command.isLocal);
  }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
