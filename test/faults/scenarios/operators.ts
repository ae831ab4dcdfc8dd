import type { Product } from '../../../stack/product/product';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { FaultRun } from '../journal';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callNamed, callsOf } from '../plan/calls/calls';
import { newOrder } from '../../helpers/product';
import {
  approve,
  failLate,
  OUTCOME_MS,
  outcomes,
  persistently,
  recovered,
  type Scenario,
  type World,
} from './scenario';

/** Seconds for which an undo is retried in these scenarios, instead of a quarter of an hour. A busy machine must manage an undo in it. */
const COMPENSATION_SECONDS = '15';

/** Operator functions of this build. */
export interface Means {
  /** `POST /v1/operations/{id}/resolution`. */
  resolution: boolean;
}

/** A permanently refused undo, at each provider: the leftovers are listed for an operator and, where the build has the verbs, resolved. */
export function operatorScenarios({ resolution }: Means): Scenario[] {
  const undos = callsOf('provision').filter(({ undo, name }) => undo && STUBBORN.includes(name));
  const stuck = undos.map((call) => stuckScenario(call));
  if (!resolution) return stuck;
  return [
    ...stuck,
    ...undos.map((call) => retryScenario(call)),
    acceptScenario(undos[0]!),
    racingScenario(undos.at(-1)!),
    holdScenario('retry'),
    holdScenario('compensate'),
  ];
}

const STUBBORN = [
  'delete the customer',
  'delete the admin',
  'delete the organization',
  'delete the bucket',
  // Its look-up reads a secret, and the undo has destroyed the tenant's key meanwhile.
  'delete the storage user',
];

function scenario(kind: string, name: string, run: (world: World) => Promise<boolean>): Scenario {
  return {
    name,
    kind,
    seconds: 3,
    alone: false,
    run: async (world) => {
      world.journal.plan(kind);
      if (await run(world)) world.journal.fire(kind);
      else world.say(`${name}: not so`);
    },
  };
}

function stuckScenario(call: Call): Scenario {
  const name = `undo refused for good: ${call.name}`;
  return scenario('undo refused for good', name, async (world) => {
    const { run } = await stuck(world, name, call);
    return (await world.system.product.operation(run.operationId)).status === 'needs_operator';
  });
}

function retryScenario(call: Call): Scenario {
  const name = `retry by an operator: ${call.name}`;
  return scenario('retry by an operator', name, async (world) => {
    const { run, mend } = await stuck(world, name, call);
    mend();
    const status = await resolve(world, run, { verb: 'retry', reason: 'The provider works again.' });
    await recovered(world, name, [run]);
    const end = await world.system.product.until(
      run.operationId,
      (operation) => operation.status === 'failed',
      OUTCOME_MS,
    );
    return status === 202 && end.leftovers.length === 0;
  });
}

function acceptScenario(call: Call): Scenario {
  const name = 'leftovers accepted by an operator';
  return scenario(name, name, async (world) => {
    const { run, operation } = await stuck(world, name, call);
    const leftovers = operation.leftovers.map(({ kind, id }) => ({ kind, id }));
    const status = await resolve(world, run, { verb: 'accept', leftovers, reason: 'Deleted by hand next week.' });
    run.accepted = true;
    await world.system.product.until(run.operationId, (now) => now.status !== 'needs_operator', OUTCOME_MS);
    return status === 202;
  });
}

/** Two operators decide differently at the same moment: one wins, and the other is told. */
function racingScenario(call: Call): Scenario {
  const name = 'two operators racing';
  return scenario(name, name, async (world) => {
    const { run, operation, mend } = await stuck(world, name, call);
    mend();
    const leftovers = operation.leftovers.map(({ kind, id }) => ({ kind, id }));
    const answers = await Promise.all([
      resolve(world, run, { verb: 'retry', reason: 'One thinks so.' }),
      resolve(world, run, { verb: 'accept', leftovers, reason: 'The other thinks otherwise.' }),
    ]);
    run.accepted = answers[1] === 202;
    const told = [...answers].sort().join(', ');
    world.journal.expect('I9', name, told === '202, 409', `the two were answered ${told}`);
    await world.system.product.until(run.operationId, (now) => now.status !== 'needs_operator', OUTCOME_MS);
    return true;
  });
}

function holdScenario(verb: 'retry' | 'compensate'): Scenario {
  const name = `held, then ${verb}`;
  return scenario('a permanent failure is held', name, async (world) => {
    const { system, journal } = world;
    const call = callNamed('provision', 'make the customer');
    const order = newOrder({
      subscription: { plan: 'professional', billingCycle: 'monthly', features: [] },
      customizations: { storageQuotaGb: 100 },
    });
    const held = { ...order, recovery: { onPermanentFailure: 'hold' } } as typeof order;
    const ordered = await system.product.order(held);
    const run: FaultRun = { scenario: name, ...ordered, ...(verb === 'compensate' ? { fatal: true } : {}) };
    journal.runs.push(run);
    await system.product.until(run.operationId, ({ status }) => status === 'awaiting_approval', OUTCOME_MS);
    const refusal = aim(system.lines, run, call, { does: 403 });
    await approve(world, run);
    await system.product.until(run.operationId, ({ status }) => status === 'on_hold', OUTCOME_MS);
    refusal.release();
    const status = await resolve(world, run, { verb, reason: 'Seen to.' });
    await recovered(world, name, [run]);
    return status === 202;
  });
}

interface Stuck {
  run: FaultRun;
  operation: Operation;
  /** Stops the provider's refusals. */
  mend(): void;
}

/** A run in `needs_operator`, because one of its undos is refused. */
async function stuck(world: World, name: string, call: Call): Promise<Stuck> {
  const { system, journal } = world;
  const api = await impatientApi(world);
  const order = newOrder({ customizations: { storageQuotaGb: 10 } });
  const { body } = await system.product.call('signup', 'POST', `${api.url}/v1/tenants`, order);
  const ids = { operationId: body.operationId as string, tenantId: body.tenantId as string };
  const run: FaultRun = { scenario: name, ...ids, order, fatal: true };
  journal.runs.push(run);
  await system.product.until(run.operationId, ({ status }) => status === 'awaiting_approval', OUTCOME_MS);
  const failing = failLate(world, run);
  const refusal = aim(system.lines, run, call, { does: 403 });
  await approve(world, run);
  const [operation] = await outcomes(world, [run]);
  failing.release();
  return { run, operation: operation!, mend: () => refusal.release() };
}

const apis = new WeakMap<object, Promise<Product>>();

/** An API process, shared by all scenarios, whose runs retry an undo for less than a minute. */
export function impatientApi({ system: { product } }: World): Promise<Product> {
  const known = apis.get(product) ?? product.anotherApi({ COMPENSATION_SECONDS });
  apis.set(product, known);
  return known;
}

let resolutions = 0;

/** Repeated with the same key while it is unknown whether the run has taken the decision, as the answer asks. */
export async function resolve(
  { system: { product } }: World,
  { operationId }: FaultRun,
  body: object,
): Promise<number> {
  resolutions += 1;
  const headers = { 'idempotency-key': `resolution-${resolutions}` };
  const path = `/v1/operations/${operationId}/resolution`;
  return persistently(async () => {
    const { status } = await product.call('operator', 'POST', path, body, headers);
    if (status === 503) throw new Error('The decision was answered 503.');
    return status;
  });
}
