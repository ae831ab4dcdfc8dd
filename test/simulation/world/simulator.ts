import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createActivities } from '../../../activities';
import { KNOWN_CHECKS } from '../../../activities/verification/check-catalogue';
import { createKeys, type Keys } from '../../../providers/keys/keys';
import { prepareRegistry } from '../../../worker/prepare';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import { parseKeyRing, type KeyRing } from '../../../contract/keys/key-ring';
import { storeSecret } from '../../../registry/keys/secrets';
import { loadBaseline, type Baseline } from '../../../templates/baseline';
import { loadTemplates, type Templates } from '../../../templates/load';
import type { ProvisioningTemplate } from '../../../templates/template';
import { VirtualClock } from './clock';
import { auditSigner, simulatedDependencies, type Surroundings } from './dependencies';
import { planOf, type Plan, type PlannedEvent } from '../plan/plan';
import { simulatedRegions } from './providers';
import { dice } from '../plan/random';
import { createSimulatedRegistry, type SimulatedRegistry } from './registry';
import { Stage, type Simulated, type StageParts } from './stage';
import { createWorkflowFactory } from './temporal/workflows';
import { World } from './world';

const ROOT = path.resolve(__dirname, '../../..');

/** Resources of a simulating process: loaded once, and used for many runs, one after the other. */
export class Simulator implements StageParts {
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
