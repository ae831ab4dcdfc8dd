import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { APPROVAL_SIGNAL, CANCEL_UPDATE, operationWorkflowId } from '../../../contract/operations/messages';
import { dashName, underscoreName } from '../../../contract/ids';
import { misshapen, rawMessages, undecodable } from '../../helpers/temporal/malformed-payloads';
import { newOrder, plan } from '../../helpers/product';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { credentialsOf } from '../checker/credentials';
import type { FaultRun } from '../journal';
import { REGION } from '../proxies/lines';
import { approve, orderWaiting, outcomes, recovered, within, type Scenario, type World } from './scenario';

/** Longer than a client waits for Keycloak or the object store, and shorter than the in-flight time of a request without an answer. */
const ABANDONED_MS = 12_000;

/** Faults in the meaning of answers, requests that are served late, and interference by neighbours and strangers. */
export function meaningScenarios(): Scenario[] {
  return [
    alone('logins that were given up are judged late', 60, abandonedLogins),
    alone('Keycloak frozen most of the time', 60, stutteringKeycloak),
    beside('messages that cannot be read', malformedMessages),
    beside('a creation that arrives after its client gave up', lateCreation),
    beside('a neighbour takes every lock it can', greedyNeighbour),
    beside('one domain ordered 20 times in different letters', contestedDomain),
  ];
}

type Work = (world: World, name: string) => Promise<{ runs: FaultRun[]; fired: boolean }>;

function beside(name: string, work: Work): Scenario {
  return scenario(name, 4, false, work);
}

function alone(name: string, seconds: number, work: Work): Scenario {
  return scenario(name, seconds, true, work);
}

function scenario(name: string, seconds: number, isAlone: boolean, work: Work): Scenario {
  return {
    name,
    kind: name,
    seconds,
    alone: isAlone,
    run: async (world) => {
      world.journal.plan(name);
      const { runs, fired } = await work(world, name);
      if (fired) world.journal.fire(name);
      await recovered(world, name, runs);
    },
  };
}

/** Keycloak serves logins long after their client has given up, so that they overlap with the next attempts. */
async function abandonedLogins(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { lines } = world.system;
  const run = await orderWaiting(world, name);
  const rule = lines.keycloak.add({
    method: 'POST',
    path: /openid-connect\/token/,
    body: new RegExp(dashName(run.tenantId)),
    does: { of: 'request', ms: ABANDONED_MS },
    times: 2,
  });
  await approve(world, run);
  return { runs: [run], fired: await within(60_000, rule.hit) };
}

/** Alternates 400 ms frozen and 100 ms running while eight tenants are made. */
async function stutteringKeycloak(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { stack, product, log } = world.system;
  const asked = (): number => log.all().filter(({ provider }) => provider === 'keycloak').length;
  const before = asked();
  const runs = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const run: FaultRun = { scenario: name, ...(await product.order()) };
      world.journal.runs.push(run);
      return run;
    }),
  );
  try {
    for (let turn = 0; turn < 40; turn++) {
      await stack.kill('keycloak', 'SIGSTOP');
      await sleep(400);
      await stack.kill('keycloak', 'SIGCONT');
      await sleep(100);
    }
  } finally {
    await stack.kill('keycloak', 'SIGCONT');
  }
  return { runs, fired: asked() > before };
}

/** A client that bypasses the API sends a waiting run undecodable payloads, and decodable ones of the wrong shape. */
async function malformedMessages(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { product } = world.system;
  const run = await orderWaiting(world, name);
  const messages = rawMessages(product.temporal.connection, product.namespace, operationWorkflowId(run.operationId));
  const payloads = { ...(await undecodable(parseKeyRing(product.env['CODEC_KEY_RING']!))), ...misshapen() };
  const answers: string[] = [];
  for (const [what, payload] of Object.entries(payloads)) {
    await messages.signal(APPROVAL_SIGNAL, payload);
    const answer = await messages.update(CANCEL_UPDATE, payload);
    if (answer === 'accepted') answers.push(what);
  }
  world.journal.expect('I1', name, answers.length === 0, `cancelled by ${answers.join(', ')}`);
  await approve(world, run);
  return { runs: [run], fired: true };
}

/** The bucket request reaches the object store after its client has given up, and the order is cancelled meanwhile. */
async function lateCreation(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { lines, product } = world.system;
  const run = await orderWaiting(world, name);
  const path = new RegExp(`^/${dashName(run.tenantId)}/?(\\?|$)`);
  const rule = lines.s3.add({ method: 'PUT', path, does: { of: 'request', ms: ABANDONED_MS }, times: 1 });
  await approve(world, run);
  const hit = await within(60_000, rule.hit);
  const { status } = await product.call('signup', 'POST', `/v1/operations/${run.operationId}/cancel`);
  run.cancelled = status === 202;
  return { runs: [run], fired: hit && run.cancelled };
}

/** A tenant's own login tries to fill the lock table of the cell in which another tenant is being made. */
async function greedyNeighbour(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { journal, system } = world;
  const { product } = system;
  const greedy: FaultRun = { scenario: name, ...(await product.order(plan('professional'))) };
  journal.runs.push(greedy);
  await outcomes(world, [greedy]);
  const other = await orderWaiting(world, name, 'professional');
  const url = new URL(product.endpoints.postgres!.regions[REGION]!.url);
  url.pathname = '/app_schemas';
  url.username = `${underscoreName(greedy.tenantId)}_app`;
  url.password = (await credentialsOf(product, greedy.tenantId))?.password ?? '';
  const client = new Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const refused = await client.query('select count(pg_advisory_lock(i)) from generate_series(1, 200000) i').then(
      () => 'nothing',
      ({ code }: { code?: string }) => code,
    );
    // 42501: the login may not lock at all.
    journal.expect('I12', name, refused === '42501', `a login that took 200,000 locks was answered ${refused}`);
    await approve(world, other);
    // The login stays connected, with all the locks it got, until the other tenant is made.
    await outcomes(world, [other]);
    return { runs: [greedy, other], fired: true };
  } finally {
    await client.end();
  }
}

/** One domain, in many spellings, has one holder. */
async function contestedDomain(world: World, name: string): Promise<Awaited<ReturnType<Work>>> {
  const { journal, system } = world;
  const label = `contested-${crypto.randomUUID().slice(0, 8)}`;
  const spellings = [`${label}.example.com`, `${label.toUpperCase()}.example.com`, `${label}.EXAMPLE.com`];
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const order = newOrder({ configuration: { customDomain: spellings[index % spellings.length]! } });
      const { status, body } = await system.product.call('signup', 'POST', '/v1/tenants', order, {
        'idempotency-key': order.tenantName,
      });
      if (status === 202)
        journal.runs.push({ scenario: name, order, tenantId: body.tenantId, operationId: body.operationId });
      return { status, type: String(body.type).split('/').pop() };
    }),
  );
  const won = answers.filter(({ status }) => status === 202).length;
  const told = answers.filter(({ status, type }) => status === 409 && type === 'domain-taken').length;
  journal.expect(
    'I2',
    name,
    won === 1 && told === 19,
    `${won} orders were accepted, and ${told} told that it is taken`,
  );
  return { runs: journal.runs.filter((run) => run.scenario === name), fired: true };
}
