import { activityInterceptor } from '../../../worker/interceptor';
import { newOperationId } from '../../../contract/ids';
import { KINDS } from '../../../contract/operations/kinds';
import { operationWorkflowId, type ProvisionTenantInput } from '../../../contract/operations/messages';
import { VirtualClock } from '../../simulation/world/clock';
import { payloadsOf } from '../../simulation/world/messages';
import type { AttemptContext } from '../../simulation/world/temporal/options';
import { Orchestrator } from '../../simulation/world/temporal/orchestrator';
import { Run } from '../../simulation/world/temporal/run';
import { createWorkflowFactory } from '../../simulation/world/temporal/workflows';
import { workflowBundle } from '../../helpers/temporal/workflow-bundle';
import { journalingActivities, provisionInput, type Journal } from '../../helpers/temporal/journal';

type Activities = ReturnType<typeof journalingActivities>;

/** An attempt of an activity, as it was begun. */
export interface Called {
  type: string;
  input: Record<string, unknown>;
  taskQueue: string;
}

/**
 * The real workflow code on the simulation's Temporal, in virtual time: what happens while an activity is under way, or in one workflow task, is
 * decided by the test and not by the machine. The activities only keep a journal and can be replaced; `while` an activity is held, time stands
 * still unless the test lets it pass.
 */
export class VirtualTemporal {
  readonly journal: Journal = [];
  readonly calls: Called[] = [];
  readonly activities: Activities = journalingActivities(this.journal);
  readonly clock = new VirtualClock();
  readonly #orchestrator: Orchestrator;

  private constructor(factory: Awaited<ReturnType<typeof createWorkflowFactory>>) {
    const interceptors = activityInterceptor(() => Promise.resolve());
    this.#orchestrator = new Orchestrator(
      {
        clock: this.clock,
        seed: 1,
        workerCodecs: [],
        clientCodecs: [],
        downUntil: () => undefined,
        tell: () => {},
        execute: (context, args) => {
          const { inbound } = interceptors(context as never);
          return inbound!.execute!({ args, headers: {} }, ({ args: [input] }) => this.#call(context, input));
        },
      },
      factory,
    );
  }

  static async create(): Promise<VirtualTemporal> {
    factory ??= workflowBundle().then((bundle) => createWorkflowFactory(bundle, Object.keys(journalingActivities([]))));
    return new VirtualTemporal(await factory);
  }

  /** Begins a provisioning run; nothing happens before time passes. */
  begin(input: Partial<ProvisionTenantInput> = {}): Run {
    const operationId = newOperationId();
    return this.beginOther(KINDS.provision.workflow, operationWorkflowId(operationId), {
      ...provisionInput(operationId),
      ...input,
    });
  }

  /** Begins a workflow of another type. */
  beginOther(type: string, workflowId: string, ...args: unknown[]): Run {
    const run = new Run(this.#orchestrator, workflowId, type, payloadsOf(args));
    this.#orchestrator.runs.set(workflowId, run);
    return run;
  }

  /** Lets time pass until the run is over. Throws when nothing is left that could ever happen to it. */
  async end(run: Run): Promise<Run> {
    await this.until(() => run.closed, `the run to end; its journal: ${this.journal.join(', ')}`);
    return run;
  }

  /** Lets time pass until this holds. */
  async until(holds: () => boolean, what = 'what the test waits for'): Promise<void> {
    let moments = 0;
    const over = (): boolean => {
      if (++moments > MOST_MOMENTS) throw new Error(`Something goes on without end: this was waiting for ${what}.`);
      return holds();
    };
    if (!(await this.clock.run(over))) throw new Error(`Nothing more can happen: this was waiting for ${what}.`);
  }

  dispose(): Promise<void> {
    return this.#orchestrator.dispose();
  }

  #call({ info: { activityType: type, taskQueue } }: AttemptContext, input: unknown): Promise<unknown> {
    this.calls.push({ type, input: input as Called['input'], taskQueue });
    return this.activities[type as keyof Activities](input as never);
  }
}

/** A run takes some hundred timers to its end. */
const MOST_MOMENTS = 5_000;

let factory: ReturnType<typeof createWorkflowFactory> | undefined;
