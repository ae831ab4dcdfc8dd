import { ActivityNotFoundError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common';
import { encode } from '@temporalio/common/lib/internal-non-workflow';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time';
import { coresdk, temporal } from '@temporalio/proto';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import { WorkflowCodecRunner } from '@temporalio/worker/lib/workflow-codec-runner';
import Long from 'long';
import type { createOperationRuns } from '../../../activities/temporal/operation-runs';
import type { createTemporalRuns } from '../../../api/temporal/runs';
import type { Step } from '../../../contract/operations/steps';
import type { RecordedActivity } from '../../faults/checker/histories';
import type { Owner, VirtualClock } from './clock';
import { drawn } from '../plan/random';

type Job = coresdk.workflow_activation.IWorkflowActivationJob;
type Command = coresdk.workflow_commands.IWorkflowCommand;
type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity & { isLocal: boolean };
type Resolution = coresdk.activity_result.IActivityResolution;

/** The part of Temporal's client that API and activities use. */
type Client = Parameters<typeof createTemporalRuns>[0] & ReturnType<Parameters<typeof createOperationRuns>[0]>;

/** One attempt of an activity, as its implementation sees it. */
export interface AttemptContext extends Owner {
  info: {
    activityId: string;
    activityType: string;
    attempt: number;
    isLocal: boolean;
    taskQueue: string;
    retryPolicy: { initialInterval?: number; backoffCoefficient?: number; maximumInterval?: number } | undefined;
    workflowExecution: { workflowId: string; runId: string };
    /** Details of the last heartbeat of an earlier attempt. */
    heartbeatDetails: unknown;
    currentAttemptScheduledTimestampMs: number;
  };
  cancellationSignal: AbortSignal;
  heartbeat(details?: unknown): void;
  log: Record<'debug' | 'info' | 'warn' | 'error', () => void>;
}

/** Dependencies of the simulated Temporal. */
export interface OrchestratorOptions {
  clock: VirtualClock;
  seed: number;
  /** Codecs with which the worker decodes histories. */
  workerCodecs: PayloadCodec[];
  /** Codecs with which the API encodes. */
  clientCodecs: PayloadCodec[];
  /** Runs one attempt of an activity. */
  execute(context: AttemptContext, args: unknown[]): Promise<unknown>;
  /** End of the current Temporal outage; undefined while Temporal can be reached. */
  downUntil(): number | undefined;
  /** Adds a line to the story. */
  tell(what: string): void;
}

const failures = new DefaultFailureConverter();
const { TIMEOUT_TYPE_START_TO_CLOSE, TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, TIMEOUT_TYPE_HEARTBEAT } =
  temporal.api.enums.v1.TimeoutType;
const { TRY_CANCEL, ABANDON } = coresdk.workflow_commands.ActivityCancellationType;

/** Creates instances of the real workflow code, in the sandbox that the SDK's worker uses. */
export async function createWorkflowFactory(
  bundle: { code: string },
  activities: readonly string[],
): Promise<ReusableVMWorkflowCreator> {
  // Recording stack traces of every promise, which nothing reads here, would take most of the time.
  globalHandlers.installed = true;
  return ReusableVMWorkflowCreator.create(parseWorkflowCode(bundle.code), 10_000, new Set(activities));
}

/**
 * The parts of Temporal that the workflows use, in virtual time and in this process: activations of the real workflow code, activities
 * with retries, time-outs, heartbeats and cancellation, timers, signals, updates. A real server retries a failing workflow task forever;
 * here it ends the run at once as `wedged`.
 */
export class Orchestrator {
  readonly runs = new Map<string, Run>();

  constructor(
    readonly options: OrchestratorOptions,
    readonly factory: ReusableVMWorkflowCreator,
  ) {}

  client(): Client {
    const { clock, clientCodecs } = this.options;
    const encoded = (args: readonly unknown[]): Promise<Payload[]> => encode(clientCodecs, payloadsOf(args));
    const reached = <T>(work: () => T | Promise<T>): Promise<T> => {
      if (this.options.downUntil() !== undefined)
        return clock.sleep(50).then(() => Promise.reject(new Error('14 UNAVAILABLE: no connection established')));
      return clock.sleep(3).then(work);
    };
    const open = (workflowId: string): Run => {
      const run = this.runs.get(workflowId);
      if (!run || run.closed) throw new WorkflowNotFoundError('no open run', workflowId, undefined);
      return run;
    };
    return {
      withDeadline: <T>(deadline: number, work: () => Promise<T>): Promise<T> =>
        new Promise<T>((resolve, reject) => {
          const cancel = clock.after(deadline - clock.now, () => reject(new Error('4 DEADLINE_EXCEEDED')));
          work().then(resolve, reject).finally(cancel);
        }),
      workflow: {
        start: (type: string, { workflowId, args = [] }: { workflowId: string; args?: readonly unknown[] }) =>
          reached(async () => {
            const input = await encoded(args);
            if (this.runs.has(workflowId))
              throw new WorkflowExecutionAlreadyStartedError('it was started before', workflowId, type);
            this.runs.set(workflowId, new Run(this, workflowId, type, input));
          }),
        // Nobody downloads an export here.
        execute: () => Promise.reject(new Error('4 DEADLINE_EXCEEDED')),
        getHandle: (workflowId: string) => ({
          describe: () =>
            reached(() => {
              const run = this.runs.get(workflowId);
              if (!run) throw new WorkflowNotFoundError('no such run', workflowId, undefined);
              return {
                status: { name: run.closed ? (run.ending === 'completed' ? 'COMPLETED' : 'FAILED') : 'RUNNING' },
              };
            }),
          signal: (name: string, ...args: unknown[]) =>
            reached(async () => {
              const input = await encoded(args);
              open(workflowId).signal(name, input);
            }),
          executeUpdate: (name: string, { args = [], updateId }: { args?: unknown[]; updateId?: string }) =>
            reached(async () => {
              const input = await encoded(args);
              return open(workflowId).update(name, input, updateId);
            }),
        }),
      },
      activity: {
        complete: () => Promise.reject(new ActivityNotFoundError('none')),
        heartbeat: () => Promise.reject(new ActivityNotFoundError('none')),
      },
      connection: { workflowService: { getSystemInfo: () => reached(() => ({})) } },
    };
  }

  /** Disposes of the earlier runs. */
  async dispose(): Promise<void> {
    for (const run of this.runs.values()) await run.dispose();
    this.runs.clear();
  }
}

/** Values as they are transmitted. */
export function payloadsOf(args: readonly unknown[]): Payload[] {
  return args.map((arg) => defaultPayloadConverter.toPayload(arg));
}

/** One workflow run. */
export class Run {
  readonly runId: string;
  /** How the run ended; undefined while it is open. */
  ending: 'completed' | 'failed' | 'cancelled' | 'wedged' | undefined;
  endedAt: number | undefined;
  /** Why the run failed or is wedged. */
  why = '';
  #workflow: Workflow | undefined;
  #jobs: Job[] = [];
  #due = false;
  #busy = false;
  #disposed = false;
  readonly #codec: WorkflowCodecRunner;
  /** Activities in the order in which they were scheduled. */
  readonly activities: RecordedActivity[] = [];
  /** Every command that the run has sent to Temporal, in order. */
  readonly commands: Command[] = [];
  /** Counts activity events, so that two events at the same time have an order. */
  moments = 0;
  readonly #timers = new Map<number, () => void>();
  readonly #activities = new Map<number, Activity>();
  readonly #updates = new Map<
    string,
    { answer: Promise<unknown>; settle(response: coresdk.workflow_commands.IUpdateResponse): void }
  >();
  #startedAt: number;

  constructor(
    readonly orchestrator: Orchestrator,
    readonly workflowId: string,
    readonly type: string,
    input: Payload[],
  ) {
    const { clock, workerCodecs } = orchestrator.options;
    this.runId = `run-${workflowId}`;
    this.#startedAt = clock.now;
    this.#codec = new WorkflowCodecRunner(workerCodecs, { type: 'workflow', namespace: 'default', workflowId });
    this.#push({
      initializeWorkflow: {
        workflowType: type,
        workflowId,
        arguments: input,
        randomnessSeed: Long.fromNumber(orchestrator.options.seed),
        firstExecutionRunId: this.runId,
        attempt: 1,
        startTime: msToTs(clock.now),
      },
    });
  }

  get closed(): boolean {
    return this.ending !== undefined;
  }

  signal(signalName: string, input: Payload[]): void {
    this.#push({ signalWorkflow: { signalName, input } });
  }

  /** Rejects as the client does when the run refuses the update. A repeated id gets the answer of the first update. */
  update(name: string, input: Payload[], updateId = `update-${this.#updates.size}`): Promise<unknown> {
    const before = this.#updates.get(updateId);
    if (before) return before.answer;
    let settle!: (response: coresdk.workflow_commands.IUpdateResponse) => void;
    const answer = new Promise((resolve, reject) => {
      settle = ({ rejected, completed }) => {
        if (completed) resolve(defaultPayloadConverter.fromPayload(completed));
        if (rejected) {
          const cause = failures.failureToError(rejected, defaultPayloadConverter);
          reject(new WorkflowUpdateFailedError('Workflow Update failed', cause));
        }
      };
    });
    answer.catch(() => {});
    this.#updates.set(updateId, { answer, settle });
    this.#push({
      doUpdate: { id: updateId, protocolInstanceId: updateId, name, input, runValidator: true, meta: { updateId } },
    });
    return answer;
  }

  /** Answer to a query. Rejects when the run cannot answer it. */
  async query(queryType: string): Promise<unknown> {
    const [command] = await this.#activate([{ queryWorkflow: { queryId: 'query', queryType, arguments: [] } }]);
    const { succeeded, failed } = command!.respondToQuery!;
    if (failed) throw failures.failureToError(failed, defaultPayloadConverter);
    return defaultPayloadConverter.fromPayload(succeeded!.response!);
  }

  /** Temporal's own cancel. */
  cancel(): void {
    this.#push({ cancelWorkflow: { reason: 'by hand' } });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const activity of this.#activities.values()) activity.forget();
    for (const cancel of this.#timers.values()) cancel();
    if (this.#workflow) await this.#workflow.dispose();
  }

  /** @internal */
  resolveActivity(seq: number, result: Resolution, isLocal: boolean): void {
    this.#activities.delete(seq);
    this.#push({ resolveActivity: { seq, result, isLocal } });
  }

  #push(job: Job): void {
    if (this.closed) return;
    this.#jobs.push(job);
    if (this.#due || this.#busy) return;
    this.#due = true;
    // Nothing happens while Temporal is down; everything that became due is delivered together afterwards.
    this.orchestrator.options.clock.after(untilBack(this.orchestrator.options) + 3, () => {
      this.#due = false;
      void this.#task();
    });
  }

  async #task(): Promise<void> {
    if (this.closed || this.#busy || this.#jobs.length === 0) return;
    this.#busy = true;
    const jobs = this.#jobs.splice(0);
    try {
      const commands = await this.orchestrator.options.clock.waitFor(this.#activate(jobs));
      this.commands.push(...commands);
      for (const command of commands) this.#carryOut(command);
    } catch (error) {
      this.#end('wedged', `every workflow task fails: ${(error as Error).message}`);
    }
    this.#busy = false;
    if (this.#jobs.length > 0 && !this.closed) {
      this.#due = true;
      this.orchestrator.options.clock.after(3, () => {
        this.#due = false;
        void this.#task();
      });
    }
  }

  async #activate(jobs: Job[]): Promise<Command[]> {
    const { clock } = this.orchestrator.options;
    const activation = await this.#codec.decodeActivation(
      coresdk.workflow_activation.WorkflowActivation.fromObject({
        runId: this.runId,
        timestamp: msToTs(clock.now),
        historyLength: 1,
        // Signals come first, then updates and everything else, as in the SDK's core.
        jobs,
        availableInternalFlags: [1, 2, 3],
      }),
    );
    this.#workflow ??= await this.#create();
    const completion = await this.#workflow.activate(activation);
    await this.#workflow.getAndResetSinkCalls();
    if (completion.failed) throw new Error(completion.failed.failure?.message ?? 'for no stated reason');
    return completion.successful?.commands ?? [];
  }

  #create(): Promise<Workflow> {
    const { workflowId, runId, type: workflowType } = this;
    const startTime = new Date(this.#startedAt);
    const info = {
      workflowId,
      runId,
      workflowType,
      startTime,
      runStartTime: startTime,
      attempt: 1,
      searchAttributes: {},
      typedSearchAttributes: new TypedSearchAttributes(),
      taskQueue: 'provisioning',
      namespace: 'default',
      firstExecutionRunId: runId,
      originalExecutionRunId: runId,
      taskTimeoutMs: 10_000,
      historyLength: 1,
      historySize: 1,
      continueAsNewSuggested: false,
      targetWorkerDeploymentVersionChanged: false,
      suggestedContinueAsNewReasons: [],
      currentBuildId: '',
      unsafe: { now: () => Date.now(), isReplaying: false, isReplayingHistoryEvents: false, random: Math.random },
      priority: {},
    };
    return this.orchestrator.factory.createWorkflow({
      info: info as never,
      randomnessSeed: Long.fromNumber(this.orchestrator.options.seed).toBytes(),
      now: this.#startedAt,
      showStackTraceSources: false,
    });
  }

  #carryOut(command: Command): void {
    if (command.scheduleActivity) this.#schedule({ ...command.scheduleActivity, isLocal: false });
    if (command.scheduleLocalActivity)
      this.#schedule({
        ...(command.scheduleLocalActivity as coresdk.workflow_commands.IScheduleActivity),
        isLocal: true,
      });
    if (command.requestCancelActivity) this.#activities.get(command.requestCancelActivity.seq!)?.requestCancel();
    if (command.requestCancelLocalActivity)
      this.#activities.get(command.requestCancelLocalActivity.seq!)?.requestCancel();
    if (command.startTimer) this.#startTimer(command.startTimer);
    if (command.cancelTimer) this.#timers.get(command.cancelTimer.seq!)?.();
    if (command.updateResponse)
      this.#updates.get(command.updateResponse.protocolInstanceId!)?.settle(command.updateResponse);
    if (command.completeWorkflowExecution) this.#end('completed', '');
    if (command.cancelWorkflowExecution) this.#end('cancelled', '');
    const failed = command.failWorkflowExecution?.failure;
    if (failed) this.#end('failed', `${failed.applicationFailureInfo?.type ?? ''}: ${failed.message ?? ''}`);
  }

  #schedule(command: ScheduleActivity): void {
    this.#activities.set(command.seq!, new Activity(this, command));
  }

  #startTimer({ seq, startToFireTimeout }: coresdk.workflow_commands.IStartTimer): void {
    const cancel = this.orchestrator.options.clock.after(optionalTsToMs(startToFireTimeout) ?? 0, () => {
      this.#timers.delete(seq!);
      this.#push({ fireTimer: { seq: seq! } });
    });
    this.#timers.set(seq!, cancel);
  }

  #end(ending: NonNullable<Run['ending']>, why: string): void {
    if (this.closed) return;
    this.ending = ending;
    this.why = why;
    this.endedAt = this.orchestrator.options.clock.now;
    const note = why === '' ? '' : ` (${why})`;
    this.orchestrator.options.tell(`the run ${this.type} is ${ending}${note}`);
  }
}

/** A worker learns of a cancellation from the answer to its next heartbeat; the SDK sends one at most this often. */
const HEARTBEAT_THROTTLE_MS = 16_000;

/** One activity of a run, with all of its attempts. */
class Activity {
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
    readonly run: Run,
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
    return this.run.orchestrator.options;
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

/** Milliseconds until Temporal can be reached again. */
function untilBack({ clock, downUntil }: OrchestratorOptions): number {
  const until = downUntil();
  return until === undefined ? 0 : Math.max(0, until - clock.now);
}
