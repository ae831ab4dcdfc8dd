import { ActivityNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, type Payload } from '@temporalio/common';
import { encode } from '@temporalio/common/lib/internal-non-workflow';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { createOperationRuns } from '../../../../activities/temporal/operation-runs';
import type { createTemporalRuns } from '../../../../api/temporal/runs';
import { payloadsOf } from '../messages';
import type { OrchestratorOptions } from './options';
import { Run } from './run';

/** The part of Temporal's client that API and activities use. */
type Client = Parameters<typeof createTemporalRuns>[0] & ReturnType<Parameters<typeof createOperationRuns>[0]>;

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
        // No event of a billing provider arrives here, and nobody downloads an export.
        signalWithStart: () => Promise.reject(new Error('4 DEADLINE_EXCEEDED')),
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
