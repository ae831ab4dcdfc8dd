import { WorkflowUpdateFailedError } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import { WorkflowCodecRunner } from '@temporalio/worker/lib/workflow-codec-runner';
import Long from 'long';
import type { RecordedActivity } from '../../../faults/checker/histories';
import { Activity, type Resolution, type ScheduleActivity } from './activity';
import { untilBack, type OrchestratorOptions } from './options';
import { createWorkflow } from './workflows';

type Job = coresdk.workflow_activation.IWorkflowActivationJob;
type Command = coresdk.workflow_commands.IWorkflowCommand;

const failures = new DefaultFailureConverter();

/** The simulated Temporal that a run is on. */
interface RunHost {
  readonly options: OrchestratorOptions;
  readonly factory: ReusableVMWorkflowCreator;
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
    readonly orchestrator: RunHost,
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

  get options(): OrchestratorOptions {
    return this.orchestrator.options;
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
    this.options.clock.after(untilBack(this.options) + 3, () => {
      this.#due = false;
      void this.#task();
    });
  }

  async #task(): Promise<void> {
    if (this.closed || this.#busy || this.#jobs.length === 0) return;
    this.#busy = true;
    const jobs = this.#jobs.splice(0);
    try {
      const commands = await this.options.clock.waitFor(this.#activate(jobs));
      this.commands.push(...commands);
      for (const command of commands) this.#carryOut(command);
    } catch (error) {
      this.#end('wedged', `every workflow task fails: ${(error as Error).message}`);
    }
    this.#busy = false;
    if (this.#jobs.length > 0 && !this.closed) {
      this.#due = true;
      this.options.clock.after(3, () => {
        this.#due = false;
        void this.#task();
      });
    }
  }

  async #activate(jobs: Job[]): Promise<Command[]> {
    const { clock } = this.options;
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
    this.#workflow ??= await createWorkflow(this.orchestrator.factory, {
      workflowId: this.workflowId,
      runId: this.runId,
      workflowType: this.type,
      startedAt: this.#startedAt,
      seed: this.options.seed,
    });
    const completion = await this.#workflow.activate(activation);
    await this.#workflow.getAndResetSinkCalls();
    if (completion.failed) throw new Error(completion.failed.failure?.message ?? 'for no stated reason');
    return completion.successful?.commands ?? [];
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
    const cancel = this.options.clock.after(optionalTsToMs(startToFireTimeout) ?? 0, () => {
      this.#timers.delete(seq!);
      this.#push({ fireTimer: { seq: seq! } });
    });
    this.#timers.set(seq!, cancel);
  }

  #end(ending: NonNullable<Run['ending']>, why: string): void {
    if (this.closed) return;
    this.ending = ending;
    this.why = why;
    this.endedAt = this.options.clock.now;
    const note = why === '' ? '' : ` (${why})`;
    this.options.tell(`the run ${this.type} is ${ending}${note}`);
  }
}
