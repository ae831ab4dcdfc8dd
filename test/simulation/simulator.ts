import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { ApiProblem } from '../../api/problems';
import { startRelay } from '../../api/relay';
import type { ApiDependencies } from '../../api/dependencies';
import type { Principal } from '../../api/auth';
import type { Route } from '../../api/route';
import { createTemporalRuns } from '../../api/runs';
import { approvalRoutes } from '../../api/routes/approvals';
import { cancellationRoutes } from '../../api/routes/cancellations';
import { orderRoutes } from '../../api/routes/orders';
import { resolutionRoutes } from '../../api/routes/resolutions';
import { createActivities } from '../../activities';
import { KNOWN_CHECKS } from '../../activities/check-catalogue';
import { createKeys, type Keys } from '../../activities/adapters/keys/keys';
import { createRegistryKinds } from '../../activities/adapters/registry/kinds';
import type { Dependencies } from '../../activities/dependencies';
import { createEffects } from '../../activities/effect';
import { activityInterceptor } from '../../activities/interceptor';
import { createKindTable, type KindTable } from '../../activities/kind-table';
import { prepareRegistry } from '../../activities/prepare';
import { createOperationRuns } from '../../activities/runs';
import { clientConverter, workerConverter } from '../../contract/data-converter';
import { PROBE_TENANT_ID } from '../../contract/ids';
import { parseKeyRing, type KeyRing } from '../../contract/key-ring';
import { operationWorkflowId } from '../../contract/messages';
import type { TenantProvisioningRequest } from '../../contract/order';
import type { OperationStatus } from '../../contract/states';
import { storeSecret } from '../../registry/secrets';
import { loadBaseline, type Baseline } from '../../templates/baseline';
import { loadTemplates, type Templates } from '../../templates/load';
import type { ProvisioningTemplate } from '../../templates/template';
import { VirtualClock } from './clock';
import { KeycloakServer } from './keycloak-server';
import { payloadsSent } from './messages';
import {
  createWorkflowFactory,
  Orchestrator,
  type AttemptContext,
  type OrchestratorOptions,
  Run,
} from './orchestrator';
import type { Deed, Plan, PlannedEvent, SENT } from './plan';
import { createSimulatedProviders, simulatedRegions } from './providers';
import { dice } from './random';
import { createSimulatedRegistry, type SimulatedRegistry } from './registry';
import { World } from './world';

const ROOT = path.resolve(__dirname, '../..');
const MINUTE = 60_000;
/** A run that is not over by then never will be: deadlines, holds and mail are over long before. */
const LONGEST_MS = 10 * 24 * 60 * MINUTE;
/** How often an operator looks at a run that waits for one, and how many times at one run. */
const OPERATOR_MS = 10 * MINUTE;
const OPERATOR_TIMES = 6;

/** What somebody did to a run, and what they were told. */
export interface Answered {
  deed: Deed;
  at: number;
  /** Accepted, refused with a reason, or neither. */
  answer: 'accepted' | 'refused' | 'unavailable' | 'none' | 'error';
  words: string;
}

/** A run that is over, to be judged. */
export interface Simulated {
  plan: Plan;
  world: World;
  operationId: string;
  tenantId: string;
  run: Run | undefined;
  answers: Answered[];
  /** Nothing was left that could ever happen, or everything was over. */
  finished: boolean;
  /** Virtual milliseconds it took. */
  took: number;
}

/** What one process simulates with: loaded once, used for many runs, one after the other. */
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
    // What step 9 asks is answered by the simulation in words of its own, so only whether it holds counts.
    const baseline = loadBaseline(path.join(ROOT, 'templates'), KNOWN_CHECKS).map((rule) => ({
      ...rule,
      expectation: 'holds' as const,
    }));
    const factory = await createWorkflowFactory(bundle, Object.keys(createActivities(UNUSED)));
    const simulator = new Simulator(
      clock,
      registry,
      ring,
      keys,
      loadTemplates(path.join(ROOT, 'templates')),
      baseline,
      factory,
    );
    await simulator.#prepare();
    clock.install();
    return simulator;
  }

  async #prepare(): Promise<void> {
    const auditSigner = {
      publicJwk: () => Promise.resolve({ kid: 'simulated' }),
      sign: () => Promise.reject(new Error('no')),
    };
    await prepareRegistry({
      ...{ pool: this.registry.pool, keys: this.keys, regions: simulatedRegions(), processors: {} },
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

  /** Forgets the tenants of earlier runs: thousands of them would slow down those that follow. */
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

  /** The line to the registry breaks as the plan says. */
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

/** Everything around one run. */
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
    const regions = simulatedRegions();
    const attempt = (): AttemptContext => clock.owner.getStore() as AttemptContext;
    const signal = (): AbortSignal => attempt().cancellationSignal;
    const table: { kinds?: KindTable } = {};
    const effects = createEffects({
      pool,
      keys,
      signal,
      kindOf: (provider, kind) => table.kinds!.find(provider, kind),
      ...{ lateRequestSeconds: LATE_REQUEST_SECONDS },
    });
    const sharedSecrets = effects.secrets(PROBE_TENANT_ID, 'shared');
    const adapters = {
      keys,
      registry: createRegistryKinds(pool, keys),
      ...createSimulatedProviders(world, regions, sharedSecrets, () => this.#template),
    };
    const kinds = createKindTable(adapters);
    table.kinds = kinds;
    const client = (): ReturnType<Orchestrator['client']> => this.#orchestrator.client();
    const dependencies = {
      ...{ pool, regions, effects, kinds, sharedSecrets, signal, baseline, ...adapters },
      processors: {},
      runs: createOperationRuns(client),
      activity: () => `${attempt().info.workflowExecution.runId}/${attempt().info.activityId}`,
      settings: {
        ...{ publicUrl: 'http://api.simulated', temporalNamespace: 'default', appDomain: 'app.simulated' },
        ...{ operatorMail: ['operators@provider.example'], approverMail: ['approvers@provider.example'] },
        compensationSeconds: COMPENSATION_SECONDS,
        sweep: { graceSeconds: 3600, leaseSeconds: 3600 },
      },
    } as unknown as Dependencies;
    const activities = this.#watched({
      ...createActivities(dependencies),
      // Workflows of their own, which are not simulated.
      exportAuditHeads: () => Promise.resolve({ exported: 1, discrepancies: 0 }),
      requestFirstBackup: () => Promise.resolve(),
    });
    const interceptors = activityInterceptor(pool);
    const options: OrchestratorOptions = {
      ...{ clock, seed: plan.seed },
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
    const logger = {
      warn: () => {},
      info: () => {},
      error: () => {},
      debug: () => {},
    } as unknown as ApiDependencies['logger'];
    const runs = createTemporalRuns(client(), {
      approvalDeadlineSeconds: plan.approvalDeadlineSeconds,
      compensationSeconds: COMPENSATION_SECONDS,
      acceptUnverifiedApproval: plan.acceptUnverified,
    });
    const api = {
      pool,
      keys,
      runs,
      templates,
      logger,
      publicUrl: 'http://api.simulated',
    } as unknown as ApiDependencies;
    const routes = [...orderRoutes(api), ...approvalRoutes(api), ...cancellationRoutes(api), ...resolutionRoutes(api)];
    this.#routes = new Map(routes.map((route) => [route.operationId, route]));
    // Told when to look: every few seconds of a day on hold would take most of the time.
    this.#relay = startRelay({ pool, runs, logger, intervalMs: 1e12 });
  }

  begin(): void {
    void this.#order();
    for (const event of this.plan.events) {
      if (event.event === 'away' && ['registry', 'temporal'].includes(event.who))
        this.#lookAfter(event.at + event.seconds);
      if (event.event === 'deed') this.#schedule(event);
      if (event.event === 'clock')
        this.#later(event, () => {
          this.simulator.clock.skew += event.seconds * 1000;
          this.world.tell(`the worker's clock jumps by ${event.seconds} s`);
        });
    }
  }

  /** Every run has ended, everybody was answered, and whatever was still on its way to a provider has arrived. */
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

  /** Has the mail that did not leave sent again, as its schedule would. False where nobody waits for any. */
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

  /** Orders until it is accepted, as a program would: with one key. */
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

  /** The relay looks every few seconds; it only matters once something may have been lost. */
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

  /** At its time, and not before the run is where the plan wants it. */
  #schedule(event: Extract<PlannedEvent, { event: 'deed' }>): void {
    this.simulator.clock.after(event.at * 1000, () => {
      const go = (): void => {
        if (!this.#accepted) return void this.simulator.clock.after(1_000, go);
        this.world.fired.add(event);
        void this.#do(event.deed);
      };
      if (event.when === undefined || event.when === this.#status) go();
      else this.#waiting.push({ status: event.when, go });
    });
  }

  async #do(deed: Deed): Promise<void> {
    const { clock } = this.simulator;
    const entry: Answered = { deed, at: clock.now, answer: 'none', words: '' };
    this.#answers.push(entry);
    this.world.tell(`somebody does: ${wordsOf(deed)}`);
    try {
      await this.#carryOut(deed);
      entry.answer = 'accepted';
    } catch (error) {
      entry.words = (error as Error).message;
      entry.answer = kindOf(error);
    }
    if (deed.do === 'approve' || deed.do === 'reject') this.#lookAfter((clock.now - clock.start) / 1000);
    this.world.tell(`${wordsOf(deed)}: ${entry.answer}${entry.words === '' ? '' : ` (${entry.words.slice(0, 160)})`}`);
  }

  async #carryOut(deed: Deed): Promise<void> {
    const { operationId } = this.#accepted!;
    const params = { operationId };
    const run = this.#orchestrator.runs.get(operationWorkflowId(operationId));
    switch (deed.do) {
      case 'approve':
      case 'reject':
        await this.#api('decideApproval', APPROVER, { params, body: { decision: deed.do, comment: 'so be it' } });
        return;
      case 'cancel':
        await this.#api('cancelOperation', OPERATOR, { params, body: {} });
        return;
      case 'resolve':
        await this.#api('resolveOperation', OPERATOR, { params, body: bodyOf(deed), idempotencyKey: randomUUID() });
        return;
      case 'signal':
        if (run && !run.closed) run.signal(deed.name, payloadsSent(deed.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'update':
        if (run && !run.closed)
          await run.update(deed.name, payloadsSent(deed.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'temporal-cancel':
        run?.cancel();
    }
  }

  /** The activities, with an eye on what they tell the registry of the run. */
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

  /** An operator who finds the run waiting tries what failed again, once the trouble is over. */
  #callOperator(status: OperationStatus): void {
    const since = this.#statusAt;
    this.#pending += 1;
    this.simulator.clock.after(OPERATOR_MS, () => {
      this.#pending -= 1;
      if (this.#status !== status || this.#statusAt !== since || this.#operatorTurns >= OPERATOR_TIMES) return;
      this.#operatorTurns += 1;
      void this.#do({ do: 'resolve', verb: 'retry' }).then(() => {
        // Not taken: another turn.
        if (this.#status === status && this.#statusAt === since) this.#callOperator(status);
      });
    });
  }
}

/** Only the names of the activities are asked. */
const UNUSED = {
  storage: {},
  kinds: {},
  effects: {},
  keycloak: {},
  billing: {},
  registry: {},
} as unknown as Dependencies;

/** Rounds of deliveries after the end, two minutes and more apart, that the welcome mail has to arrive. */
const MAIL_ROUNDS = 60;
/** As long as the longest outage: what a frozen server was asked, it does when it goes on. */
const LATE_REQUEST_SECONDS = 120;
/** Long enough for every outage and everything that may still land. */
const COMPENSATION_SECONDS = 900;
const RESTRICTED = { storageQuotaGb: 10 };
let orders = 0;

const principal = (id: string, ...roles: Principal['roles']): Principal => ({ id: `token:${id}`, roles }) as Principal;
const SIGNUP = principal('signup', 'tenants:order');
const APPROVER = principal('approver', 'approvals:decide');
const OPERATOR = principal('operator', 'operations:operate');

function bodyOf({ verb }: Extract<Deed, { do: 'resolve' }>): object {
  const reason = 'simulated';
  if (verb === 'amend') return { verb, reason, patch: { paymentMethod: 'pm_card_mastercard' } };
  if (verb === 'accept') return { verb, reason, leftovers: [{ kind: 'bucket', id: 'none' }] };
  return { verb, reason };
}

export function wordsOf(deed: Deed): string {
  if (deed.do === 'resolve') return `${deed.verb} through the API`;
  if (deed.do === 'signal' || deed.do === 'update') return `${deed.do} ${deed.name} by hand, with ${deed.sent}`;
  return deed.do === 'temporal-cancel' ? 'cancel in the Temporal Web UI' : `${deed.do} through the API`;
}

function kindOf(error: unknown): Answered['answer'] {
  if (error instanceof ApiProblem) return error.type.endsWith('-unavailable') ? 'unavailable' : 'refused';
  if ((error as { code?: unknown }).code !== undefined || error instanceof CancelledFailure) return 'unavailable';
  return (error as Error).name === 'WorkflowUpdateFailedError' ? 'refused' : 'error';
}
