import { createEstimates } from '../../../api/estimates/estimates';
import { EventFeed } from '../../../api/events/feed';
import { createLogger } from '../../../api/http/log';
import { startRelay } from '../../../api/temporal/relay';
import type { ApiDependencies } from '../../../api/dependencies';
import { createTemporalRuns } from '../../../api/temporal/runs';
import { createActivities } from '../../../activities';
import { clientConverter, workerConverter } from '../../../contract/temporal/data-converter';
import type { KeyRing } from '../../../contract/keys/key-ring';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Keys } from '../../../providers/keys/keys';
import { recordStepEvent } from '../../../registry/operations/step-events';
import type { Baseline } from '../../../templates/baseline';
import type { Templates } from '../../../templates/load';
import type { ProvisioningTemplate } from '../../../templates/template';
import { activityInterceptor } from '../../../worker/interceptor';
import type { Plan, PlannedEvent } from '../plan/plan';
import type { VirtualClock } from './clock';
import { COMPENSATION_SECONDS, simulatedDependencies } from './dependencies';
import { KeycloakServer } from './keycloak-server';
import { People, type Answered } from './people';
import type { SimulatedRegistry } from './registry';
import type { OrchestratorOptions } from './temporal/options';
import { Orchestrator } from './temporal/orchestrator';
import { Run } from './temporal/run';
import type { createWorkflowFactory } from './temporal/workflows';
import type { World } from './world';

const MINUTE = 60_000;
/** A run that has not ended by then never will: deadlines, holds and mail take less time. */
const LONGEST_MS = 10 * 24 * 60 * MINUTE;
/** Rounds of deliveries after the end, at least two minutes apart, within which the welcome mail must arrive. */
const MAIL_ROUNDS = 60;
const SILENT = createLogger('silent', 'simulated');

/** A finished run, ready for the invariant checks. */
export interface Simulated {
  plan: Plan;
  world: World;
  operationId: string;
  tenantId: string;
  run: Run | undefined;
  answers: Answered[];
  /** Every run ended, or no event was left. */
  finished: boolean;
  /** Duration in virtual milliseconds. */
  took: number;
}

/** Parts that all runs of a simulating process share. */
export interface StageParts {
  readonly clock: VirtualClock;
  readonly registry: SimulatedRegistry;
  readonly ring: KeyRing;
  readonly keys: Keys;
  readonly templates: Templates;
  readonly baseline: Baseline;
  readonly factory: Awaited<ReturnType<typeof createWorkflowFactory>>;
}

/** The environment of a single run. */
export class Stage {
  readonly #orchestrator: Orchestrator;
  readonly #people: People;
  readonly #relay: ReturnType<typeof startRelay>;
  #template: ProvisioningTemplate;
  #mailRounds = 0;

  constructor(
    readonly parts: StageParts,
    readonly plan: Plan,
    readonly world: World,
  ) {
    const { clock, registry, keys, ring, templates, baseline, factory } = parts;
    const { pool } = registry;
    this.#template = templates.get(plan.plan);
    globalThis.fetch = new KeycloakServer(world).fetch;
    const client = (): ReturnType<Orchestrator['client']> => this.#orchestrator.client();
    const dependencies = simulatedDependencies({
      clock,
      registry,
      keys,
      baseline,
      world,
      client,
      template: () => this.#template,
    });
    const activities = this.#watched({
      ...createActivities(dependencies),
      // Separate workflows, which are not simulated.
      exportAuditHeads: () => Promise.resolve({ exported: 1, discrepancies: 0 }),
      requestFirstBackup: () => Promise.resolve(),
    });
    const interceptors = activityInterceptor((event) => recordStepEvent(pool, event));
    const options: OrchestratorOptions = {
      clock,
      seed: plan.seed,
      workerCodecs: workerConverter(ring).payloadCodecs!,
      clientCodecs: clientConverter(ring).payloadCodecs!,
      downUntil: () => world.away('temporal')?.until,
      tell: (what) => world.tell(what),
      execute: (context, args) => {
        const { inbound } = interceptors(context as never);
        return inbound!.execute!({ args, headers: {} }, async ({ args: [input] }) => {
          context.cancellationSignal.throwIfAborted();
          return activities[context.info.activityType]!(input);
        });
      },
    };
    this.#orchestrator = new Orchestrator(options, factory);
    const runs = createTemporalRuns(client(), {
      approvalDeadlineSeconds: plan.approvalDeadlineSeconds,
      compensationSeconds: COMPENSATION_SECONDS,
      acceptUnverifiedApproval: plan.acceptUnverified,
    });
    const api: ApiDependencies = {
      pool,
      keys,
      runs,
      events: new EventFeed(pool, SILENT),
      estimates: createEstimates({ pool, lastPolled: async () => 'unknown' }),
      templates,
      approvalDeadlineSeconds: plan.approvalDeadlineSeconds,
      logger: SILENT,
      codecRing: ring,
      readiness: {},
      apiKeyUse: { note: () => {}, flush: () => Promise.resolve() },
      publicUrl: 'http://api.simulated',
      consoleDir: '',
      operatorUrls: {},
      rateLimit: { perMinute: 1e9 },
    };
    // Triggered explicitly: polling every few seconds through a day on hold would take most of the time.
    this.#relay = startRelay({ pool, runs, logger: SILENT, intervalMs: 1e12 });
    this.#people = new People({
      clock,
      plan,
      world,
      api,
      runOf: (operationId) => this.#orchestrator.runs.get(operationWorkflowId(operationId)),
      lookSoon: () => this.#lookAfter((clock.now - clock.start) / 1000),
    });
  }

  begin(): void {
    void this.#people.order();
    for (const event of this.plan.events) {
      if (event.event === 'away' && ['registry', 'temporal'].includes(event.who))
        this.#lookAfter(event.at + event.seconds);
      if (event.event === 'action') this.#people.schedule(event);
      if (event.event === 'clock')
        this.#later(event, () => {
          this.parts.clock.skew += event.seconds * 1000;
          this.world.tell(`the worker's clock jumps by ${event.seconds} s`);
        });
    }
  }

  /** True when every run has ended, every caller has an answer, and every outstanding request has reached its provider. */
  over(): boolean {
    const { clock } = this.parts;
    if (clock.now - clock.start > LONGEST_MS) return true;
    if (!this.#people.accepted || this.#people.expected) return false;
    const runs = [...this.#orchestrator.runs.values()];
    if (runs.length === 0 || runs.some((run) => !run.closed)) return false;
    const ended = Math.max(...runs.map((run) => run.endedAt!));
    if (clock.now <= Math.max(ended, this.world.quietAt) + 2 * MINUTE) return false;
    return !this.#deliverMail();
  }

  /** Retries undelivered mail, as its schedule would. False if no mail is due. */
  #deliverMail(): boolean {
    const { run, operationId } = this.outcome();
    const arrived = this.world.mails.some(({ messageId }) => messageId.startsWith(`${operationId}.welcome`));
    if (run?.ending !== 'completed' || arrived || this.#mailRounds >= MAIL_ROUNDS) return false;
    const id = `deliver-mail-${++this.#mailRounds}`;
    this.#orchestrator.runs.set(id, new Run(this.#orchestrator, id, 'deliverMail', []));
    return true;
  }

  outcome(): Omit<Simulated, 'finished' | 'took'> {
    const { operationId = '', tenantId = '' } = this.#people.accepted ?? {};
    const run = this.#orchestrator.runs.get(operationWorkflowId(operationId));
    return { plan: this.plan, world: this.world, operationId, tenantId, run, answers: this.#people.answers };
  }

  async end(): Promise<void> {
    void this.#relay.stop();
    await this.#orchestrator.dispose();
  }

  /** The relay polls every few seconds; here it only matters after something may have been lost. */
  #lookAfter(seconds: number): void {
    for (const later of [6, 12, 30, 60])
      this.parts.clock.after((seconds + later) * 1000, () => void this.#relay.look());
  }

  #later(event: { at: number } & PlannedEvent, work: () => void): void {
    this.parts.clock.after(event.at * 1000, () => {
      this.world.fired.add(event);
      work();
    });
  }

  /** The activities, which also note the progress they report to the registry. */
  #watched(activities: object): Record<string, (input: unknown) => Promise<unknown>> {
    const all = activities as Record<string, (input: unknown) => Promise<unknown>>;
    const noted =
      (name: string, statusOf: (input: unknown, result: unknown) => OperationStatus) => async (input: unknown) => {
        const result = await all[name]!(input);
        this.#people.enter(statusOf(input, result));
        return result;
      };
    return {
      ...all,
      recordProgress: noted('recordProgress', (input) => (input as { status: OperationStatus }).status),
      concludeCompensation: noted(
        'concludeCompensation',
        (_, result) => (result as { status: OperationStatus }).status,
      ),
    };
  }
}
