import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { createEstimates } from '../../../api/estimates/estimates';
import { EventFeed } from '../../../api/events/feed';
import { createLogger } from '../../../api/http/log';
import { ApiProblem } from '../../../api/http/problems';
import { startRelay } from '../../../api/temporal/relay';
import type { ApiDependencies } from '../../../api/dependencies';
import type { Principal } from '../../../api/access/auth';
import type { Route } from '../../../api/http/route';
import { createTemporalRuns } from '../../../api/temporal/runs';
import { approvalRoutes } from '../../../api/routes/operations/approvals';
import { cancellationRoutes } from '../../../api/routes/operations/cancellations';
import { orderRoutes } from '../../../api/routes/operations/orders';
import { resolutionRoutes } from '../../../api/routes/operations/resolutions';
import { createActivities } from '../../../activities';
import { KNOWN_CHECKS } from '../../../activities/verification/check-catalogue';
import { createKeys, type Keys } from '../../../providers/keys/keys';
import { recordStepEvent } from '../../../registry/operations/step-events';
import { activityInterceptor } from '../../../worker/interceptor';
import { prepareRegistry } from '../../../worker/prepare';
import { clientConverter, workerConverter } from '../../../contract/temporal/data-converter';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import { parseKeyRing, type KeyRing } from '../../../contract/keys/key-ring';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { OperationStatus } from '../../../contract/operations/states';
import { storeSecret } from '../../../registry/keys/secrets';
import { loadBaseline, type Baseline } from '../../../templates/baseline';
import { loadTemplates, type Templates } from '../../../templates/load';
import type { ProvisioningTemplate } from '../../../templates/template';
import { VirtualClock } from './clock';
import { auditSigner, COMPENSATION_SECONDS, simulatedDependencies, type Surroundings } from './dependencies';
import { KeycloakServer } from './keycloak-server';
import { payloadsSent } from './messages';
import { createWorkflowFactory, Orchestrator, type OrchestratorOptions, Run } from './orchestrator';
import { planOf, type Action, type Plan, type PlannedEvent, type SENT } from '../plan/plan';
import { simulatedRegions } from './providers';
import { dice } from '../plan/random';
import { createSimulatedRegistry, type SimulatedRegistry } from './registry';
import { World } from './world';

const ROOT = path.resolve(__dirname, '../../..');
const MINUTE = 60_000;
/** A run that has not ended by then never will: deadlines, holds and mail take less time. */
const LONGEST_MS = 10 * 24 * 60 * MINUTE;
/** How often an operator looks at a waiting run, and how many times per run. */
const OPERATOR_MS = 10 * MINUTE;
const OPERATOR_TIMES = 6;

/** An action on a run, and the answer to it. */
export interface Answered {
  action: Action;
  at: number;
  /** Accepted, refused with a reason, or neither. */
  answer: 'accepted' | 'refused' | 'unavailable' | 'none' | 'error';
  words: string;
}

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

/** Resources of a simulating process: loaded once, and used for many runs, one after the other. */
export class Simulator {
  private constructor(
    readonly clock: VirtualClock,
    readonly registry: SimulatedRegistry,
    readonly ring: KeyRing,
    readonly keys: Keys,
    readonly templates: Templates,
    readonly baseline: Baseline,
    readonly factory: Awaited<ReturnType<typeof createWorkflowFactory>>,
  ) {}

  static async create(server: string, bundle: { code: string }): Promise<Simulator> {
    const clock = new VirtualClock();
    const registry = await createSimulatedRegistry(server, clock);
    const ring = parseKeyRing(`simulated:${randomBytes(32).toString('base64')}`);
    const keys = createKeys(ring, []);
    // The simulation words its answers to step 9 differently, so only their pass or fail counts.
    const baseline = loadBaseline(path.join(ROOT, 'templates'), KNOWN_CHECKS).map((rule) => ({
      ...rule,
      expectation: 'holds' as const,
    }));
    const templates = loadTemplates(path.join(ROOT, 'templates'));
    const factory = await createWorkflowFactory(bundle, activityNames({ clock, registry, keys, baseline }, templates));
    const simulator = new Simulator(clock, registry, ring, keys, templates, baseline, factory);
    await simulator.#prepare();
    clock.install();
    return simulator;
  }

  async #prepare(): Promise<void> {
    await prepareRegistry({
      pool: this.registry.pool,
      keys: this.keys,
      regions: simulatedRegions(),
      processors: {},
      auditSigner,
    });
    for (const { name } of simulatedRegions())
      for (const secret of ['accessKeyId', 'secretAccessKey'])
        await storeSecret(
          this.registry.pool,
          this.keys,
          { tenantId: PROBE_TENANT_ID, kind: `probe-storage/${name}`, name: secret },
          'of the probe',
        );
  }

  /** Removes the tenants of earlier runs: thousands of them would slow down later runs. */
  async clear(): Promise<void> {
    await this.registry.clear();
    await this.#prepare();
  }

  async close(): Promise<void> {
    await this.registry.drop();
  }

  /** Runs a plan to its end. */
  async run(plan: Plan): Promise<Simulated> {
    const { clock, registry } = this;
    clock.reset(dice(plan.seed));
    const world = new World(clock, plan);
    const stage = new Stage(this, plan, world);
    this.#breakLine(plan, world);
    try {
      stage.begin();
      const finished = await clock.run(() => stage.over());
      return { ...stage.outcome(), finished, took: clock.now - clock.start };
    } finally {
      Object.assign(registry.line, { before: () => {}, after: () => {} });
      await stage.end();
    }
  }

  /** Breaks the connection to the registry as planned. */
  #breakLine(plan: Plan, world: World): void {
    let statements = 0;
    const planned = (how: 'before' | 'after'): PlannedEvent | undefined =>
      plan.events.find((event) => event.event === 'statement' && event.how === how && event.nth === statements);
    const broken = (event: PlannedEvent, sql: string): Error => {
      world.fired.add(event);
      world.tell(
        `the line to the registry breaks ${(event as { how: string }).how} "${sql.slice(0, 40).replaceAll(/\s+/g, ' ')}"`,
      );
      return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    };
    Object.assign(this.registry.line, {
      before: (sql: string) => {
        statements += 1;
        if (world.away('registry'))
          throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
            code: 'ECONNREFUSED',
            syscall: 'connect',
          });
        const event = planned('before');
        if (event) throw broken(event, sql);
      },
      after: (sql: string) => {
        const event = planned('after');
        if (event) throw broken(event, sql);
      },
    });
  }
}

/** The environment of a single run. */
class Stage {
  readonly #answers: Answered[] = [];
  readonly #orchestrator: Orchestrator;
  readonly #routes: Map<string, Route>;
  readonly #relay: ReturnType<typeof startRelay>;
  #accepted: { operationId: string; tenantId: string } | undefined;
  #template: ProvisioningTemplate;
  #status: OperationStatus = 'pending';
  #statusAt: number;
  #pending = 0;
  #operatorTurns = 0;
  #mailRounds = 0;
  #waiting: { status: OperationStatus; go: () => void }[] = [];

  constructor(
    readonly simulator: Simulator,
    readonly plan: Plan,
    readonly world: World,
  ) {
    const { clock, registry, keys, ring, templates, baseline, factory } = simulator;
    const { pool } = registry;
    this.#statusAt = clock.now;
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
    const routes = [...orderRoutes(api), ...approvalRoutes(api), ...cancellationRoutes(api), ...resolutionRoutes(api)];
    this.#routes = new Map(routes.map((route) => [route.operationId, route]));
    // Triggered explicitly: polling every few seconds through a day on hold would take most of the time.
    this.#relay = startRelay({ pool, runs, logger: SILENT, intervalMs: 1e12 });
  }

  begin(): void {
    void this.#order();
    for (const event of this.plan.events) {
      if (event.event === 'away' && ['registry', 'temporal'].includes(event.who))
        this.#lookAfter(event.at + event.seconds);
      if (event.event === 'action') this.#schedule(event);
      if (event.event === 'clock')
        this.#later(event, () => {
          this.simulator.clock.skew += event.seconds * 1000;
          this.world.tell(`the worker's clock jumps by ${event.seconds} s`);
        });
    }
  }

  /** True when every run has ended, every caller has an answer, and every outstanding request has reached its provider. */
  over(): boolean {
    const { clock } = this.simulator;
    if (clock.now - clock.start > LONGEST_MS) return true;
    if (!this.#accepted || this.#pending > 0) return false;
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
    const { operationId = '', tenantId = '' } = this.#accepted ?? {};
    const run = this.#orchestrator.runs.get(operationWorkflowId(operationId));
    return { plan: this.plan, world: this.world, operationId, tenantId, run, answers: this.#answers };
  }

  async end(): Promise<void> {
    void this.#relay.stop();
    await this.#orchestrator.dispose();
  }

  /** Orders until it is accepted, as a client program would: with the same key. */
  async #order(): Promise<void> {
    const { clock } = this.simulator;
    const request = { body: this.#wanted(), idempotencyKey: `order-${orders}` };
    for (;;) {
      try {
        const answer = await this.#api('orderTenant', SIGNUP, request);
        this.#accepted = answer as { operationId: string; tenantId: string };
        this.world.tell(`the order of plan ${this.plan.plan} is accepted`);
        this.#lookAfter((clock.now - clock.start) / 1000);
        return;
      } catch (error) {
        if (error instanceof ApiProblem && error.type !== 'registry-unavailable') throw error;
        await clock.sleep(2_000);
      }
    }
  }

  #wanted(): TenantProvisioningRequest {
    const { plan, needsApproval, holds } = this.plan;
    return {
      tenantName: `harbour-${++orders}`,
      organizationName: 'Harbour Cranes',
      adminUser: { email: 'grace@harbour.example', firstName: 'Grace', lastName: 'Hopper', role: 'owner' },
      subscription: { plan, billingCycle: 'monthly', features: [] },
      configuration: {},
      paymentMethod: 'pm_card_visa',
      ...(needsApproval ? { customizations: RESTRICTED } : {}),
      ...(holds && plan !== 'starter' ? { recovery: { onPermanentFailure: 'hold' as const } } : {}),
    };
  }

  async #api(operation: string, principal: Principal, request: object): Promise<unknown> {
    const route = this.#routes.get(operation)!;
    const { body } = await route.handle({
      params: {},
      query: {},
      idempotencyKey: undefined,
      principal,
      header: () => undefined,
      ...request,
    } as never);
    return body;
  }

  /** The relay polls every few seconds; here it only matters after something may have been lost. */
  #lookAfter(seconds: number): void {
    for (const later of [6, 12, 30, 60])
      this.simulator.clock.after((seconds + later) * 1000, () => void this.#relay.look());
  }

  #later(event: { at: number } & PlannedEvent, work: () => void): void {
    this.simulator.clock.after(event.at * 1000, () => {
      this.world.fired.add(event);
      work();
    });
  }

  /** Runs the action at its time, but not before the run has the status the plan requires. */
  #schedule(event: Extract<PlannedEvent, { event: 'action' }>): void {
    this.simulator.clock.after(event.at * 1000, () => {
      const go = (): void => {
        if (!this.#accepted) return void this.simulator.clock.after(1_000, go);
        this.world.fired.add(event);
        void this.#do(event.action);
      };
      if (event.when === undefined || event.when === this.#status) go();
      else this.#waiting.push({ status: event.when, go });
    });
  }

  async #do(action: Action): Promise<void> {
    const { clock } = this.simulator;
    const entry: Answered = { action, at: clock.now, answer: 'none', words: '' };
    this.#answers.push(entry);
    this.world.tell(`somebody does: ${wordsOf(action)}`);
    try {
      await this.#carryOut(action);
      entry.answer = 'accepted';
    } catch (error) {
      entry.words = (error as Error).message;
      entry.answer = kindOf(error);
    }
    if (action.do === 'approve' || action.do === 'reject') this.#lookAfter((clock.now - clock.start) / 1000);
    this.world.tell(
      `${wordsOf(action)}: ${entry.answer}${entry.words === '' ? '' : ` (${entry.words.slice(0, 160)})`}`,
    );
  }

  async #carryOut(action: Action): Promise<void> {
    const { operationId } = this.#accepted!;
    const params = { operationId };
    const run = this.#orchestrator.runs.get(operationWorkflowId(operationId));
    switch (action.do) {
      case 'approve':
      case 'reject':
        await this.#api('decideApproval', APPROVER, { params, body: { decision: action.do, comment: 'so be it' } });
        return;
      case 'cancel':
        await this.#api('cancelOperation', OPERATOR, { params, body: {} });
        return;
      case 'resolve':
        await this.#api('resolveOperation', OPERATOR, { params, body: bodyOf(action), idempotencyKey: randomUUID() });
        return;
      case 'signal':
        if (run && !run.closed)
          run.signal(action.name, payloadsSent(action.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'update':
        if (run && !run.closed)
          await run.update(action.name, payloadsSent(action.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'temporal-cancel':
        run?.cancel();
    }
  }

  /** The activities, which also note the progress they report to the registry. */
  #watched(activities: object): Record<string, (input: unknown) => Promise<unknown>> {
    const all = activities as Record<string, (input: unknown) => Promise<unknown>>;
    const noted =
      (name: string, statusOf: (input: unknown, result: unknown) => OperationStatus) => async (input: unknown) => {
        const result = await all[name]!(input);
        this.#enter(statusOf(input, result));
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

  #enter(status: OperationStatus): void {
    const { clock } = this.simulator;
    if (status !== this.#status) this.world.tell(`the operation is ${status}`);
    this.#status = status;
    this.#statusAt = clock.now;
    const due = this.#waiting.filter((each) => each.status === status);
    this.#waiting = this.#waiting.filter((each) => each.status !== status);
    for (const { go } of due) clock.owner.exit(() => clock.after(100, go));
    if (status === 'on_hold' || status === 'needs_operator') clock.owner.exit(() => this.#callOperator(status));
  }

  /** An operator who finds the run waiting retries once the faults have ended. */
  #callOperator(status: OperationStatus): void {
    const since = this.#statusAt;
    this.#pending += 1;
    this.simulator.clock.after(OPERATOR_MS, () => {
      this.#pending -= 1;
      if (this.#status !== status || this.#statusAt !== since || this.#operatorTurns >= OPERATOR_TIMES) return;
      this.#operatorTurns += 1;
      void this.#do({ do: 'resolve', verb: 'retry' }).then(() => {
        // The decision was not taken, so the operator tries again.
        if (this.#status === status && this.#statusAt === since) this.#callOperator(status);
      });
    });
  }
}

/** The names of the worker's activities. None of them is called. */
function activityNames(
  parts: Pick<Surroundings, 'clock' | 'registry' | 'keys' | 'baseline'>,
  templates: Templates,
): string[] {
  const client = (): never => {
    throw new Error('Nothing has been started yet.');
  };
  const world = new World(parts.clock, planOf(0));
  const template = (): ProvisioningTemplate => templates.get('starter');
  return Object.keys(createActivities(simulatedDependencies({ ...parts, world, client, template })));
}

/** Rounds of deliveries after the end, at least two minutes apart, within which the welcome mail must arrive. */
const MAIL_ROUNDS = 60;
const SILENT = createLogger('silent', 'simulated');
const RESTRICTED = { storageQuotaGb: 10 };
let orders = 0;

const principal = (id: string, ...roles: Principal['roles']): Principal => ({ id: `token:${id}`, roles }) as Principal;
const SIGNUP = principal('signup', 'tenants:order');
const APPROVER = principal('approver', 'approvals:decide');
const OPERATOR = principal('operator', 'operations:operate');

function bodyOf({ verb }: Extract<Action, { do: 'resolve' }>): object {
  const reason = 'simulated';
  if (verb === 'amend') return { verb, reason, patch: { paymentMethod: 'pm_card_mastercard' } };
  if (verb === 'accept') return { verb, reason, leftovers: [{ kind: 'bucket', id: 'none' }] };
  return { verb, reason };
}

export function wordsOf(action: Action): string {
  if (action.do === 'resolve') return `${action.verb} through the API`;
  if (action.do === 'signal' || action.do === 'update')
    return `${action.do} ${action.name} by hand, with ${action.sent}`;
  return action.do === 'temporal-cancel' ? 'cancel in the Temporal Web UI' : `${action.do} through the API`;
}

function kindOf(error: unknown): Answered['answer'] {
  if (error instanceof ApiProblem) return error.type.endsWith('-unavailable') ? 'unavailable' : 'refused';
  if ((error as { code?: unknown }).code !== undefined || error instanceof CancelledFailure) return 'unavailable';
  return (error as Error).name === 'WorkflowUpdateFailedError' ? 'refused' : 'error';
}
