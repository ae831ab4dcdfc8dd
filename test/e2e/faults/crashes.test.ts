import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { Client as Postgres } from 'pg';
import { lockTenant as lockStatement } from '../../../providers/postgres/batch';
import { dashName } from '../../../contract/ids';
import { isAlive } from '../../../stack/processes/pid';
import type { Rule } from '../../helpers/providers/fault-proxy';
import { paidInvoices } from '../../helpers/providers/paid-invoices';
import { builtProduct, workflowBundleFile } from '../../../stack/product/build';
import { newOrder, plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { proxyProviders, type Proxied } from '../../helpers/providers/proxied';
import { searchForSecrets } from '../../helpers/secrecy/secrecy';
import { withDescendants } from '../../stack/sockets';

/** Complete inventory of a starter tenant; every tenant must have exactly this, whatever crashed meanwhile. */
const WHOLE = {
  'PostgreSQL: rows in the shared tables': 2,
  'S3: buckets': 1,
  'S3: users': 1,
  'Keycloak: organizations': 1,
  'Keycloak: groups': 1,
  'Keycloak: users': 1,
  'Stripe: customers': 1,
  'Stripe: subscriptions': 1,
  'registry: reservations': 4,
  'registry: names taken': 1,
};
const ROOT = path.resolve(__dirname, '../../..');
/** Waits for an approver, so that faults can be injected for this tenant before anything is made. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

let product: TestProduct;
let line: Proxied;

beforeAll(async () => {
  line = await proxyProviders();
  product = await startTestProduct({ via: line.via });
});
afterAll(async () => {
  await product?.stop();
  await line?.close();
});

describe('kill -9 of the worker', () => {
  const runs: Record<string, Ordered> = {};
  let lock: Postgres;

  beforeAll(async () => {
    const moments: Record<string, Ordered> = {};
    // The moment after the pivot comes first and alone, because its request does not name the tenant.
    const charge = line.stripe.add({ method: 'POST', path: /^\/v1\/subscriptions\/sub_/, does: 'hold', times: 1 });
    moments.charge = await product.order();
    await charge.hit;
    expect(await product.operation(moments.charge.operationId)).toMatchObject({ status: 'active' });
    expect(await paidInvoices(product, moments.charge.tenantId)).toBe(0);

    const names = ['database', 'bucket', 'user', 'customer', 'undo', 'approval'];
    for (const name of names)
      moments[name] = await product.order({
        ...RESTRICTED,
        ...(name === 'database' ? { ...plan('professional'), customizations: { storageQuotaGb: 100 } } : {}),
        ...(name === 'undo' ? { paymentMethod: 'pm_card_chargeDeclined' } : {}),
      });
    await Promise.all(names.map((name) => untilWaiting(moments[name]!)));
    const about = (name: string): string => dashName(moments[name]!.tenantId);
    lock = await lockTenant(moments.database!.tenantId);
    const held: Rule[] = [
      line.s3.add({ method: 'PUT', path: new RegExp(`^/${about('bucket')}/?(\\?|$)`), does: 'mute', times: 1 }),
      line.keycloak.add({
        method: 'POST',
        path: /\/users\/?$/,
        body: new RegExp(about('user')),
        does: 'mute',
        times: 1,
      }),
      line.stripe.add({
        method: 'POST',
        path: /^\/v1\/customers$/,
        body: new RegExp(about('customer')),
        does: 'mute',
        times: 1,
      }),
      line.s3.add({ method: 'DELETE', path: new RegExp(`^/${about('undo')}/?(\\?|$)`), does: 'hold', times: 1 }),
    ];
    for (const name of names) if (name !== 'approval') await approve(moments[name]!);
    await Promise.all(held.map(({ hit }) => hit));
    await untilLockIsWaitedFor(lock);
    await product.kill('worker');
    await lock.end();
    line.s3.clear();
    charge.release();
    Object.assign(runs, moments);
  });

  test('leaves the API readable and decisions accepted', async () => {
    expect(await product.operation(runs.bucket!.operationId)).toMatchObject({ status: 'provisioning' });
    expect((await approve(runs.approval!)).status).toBe(202);
    expect((await product.order()).operationId).toMatch(/^op_/);
  });

  test('loses nothing: every run continues after the restart and makes nothing twice', async () => {
    await product.restart('worker');
    const { undo, ...others } = runs;
    for (const run of Object.values(others))
      expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active', completed: 10 });
    for (const { tenantId } of [runs.bucket!, runs.user!, runs.customer!, runs.approval!, runs.charge!])
      expect(await product.providers.inventory(tenantId)).toMatchObject(WHOLE);
    // Longer than the lease of a mail: the worker may have been killed while it sent the customer's.
    expect(await product.untilEnded(undo!.operationId, 90_000)).toMatchObject({ status: 'failed', leftovers: [] });
    expect(await product.providers.traces(undo!.tenantId)).toEqual([]);
  }, 270_000);

  test('charges no customer twice', async () => {
    for (const { operationId, tenantId } of [runs.charge!, runs.customer!]) {
      await product.temporal.workflow.getHandle(`operation/${operationId}`).result();
      expect(await paidInvoices(product, tenantId)).toBe(1);
    }
  });
});

describe('kill -9 of the API', () => {
  test('right after an order was accepted changes nothing', async () => {
    const run = await product.order();
    await product.kill('api');
    await product.restart('api');
    expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'active' });
  });

  test('between acceptance and start only delays the order, as does a Temporal outage', async () => {
    line.temporal.cut();
    const run = await product.order();
    const { status, body } = await product.call(undefined, 'GET', '/readyz');
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { checks: { temporal: { status: 'down' }, registry: { status: 'up' } } },
    });
    await product.kill('api');
    await product.restart('api');
    expect(await product.operation(run.operationId)).toMatchObject({ status: 'pending' });
    line.temporal.mend();
    expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active' });
    expect((await product.call(undefined, 'GET', '/readyz')).status).toBe(200);
  }, 150_000);
});

describe('an undo that cannot succeed', () => {
  let run: { operationId: string; tenantId: string };
  let name: string;
  let refusal: Rule;

  beforeAll(async () => {
    // Everything but the refused bucket has to be gone in this time, on a slow machine too.
    const api = await product.anotherApi({ COMPENSATION_SECONDS: '20' });
    const order = newOrder({ ...RESTRICTED, paymentMethod: 'pm_card_chargeDeclined' });
    name = order.tenantName;
    run = (await product.call('signup', 'POST', `${api.url}/v1/tenants`, order)).body as typeof run;
    await untilWaiting(run);
    refusal = line.s3.add({ method: 'DELETE', path: new RegExp(`^/${dashName(run.tenantId)}/?(\\?|$)`), does: 403 });
    await approve(run);
    await product.untilEnded(run.operationId);
    await api.stop();
  });
  afterAll(() => refusal?.release());

  test('ends as needs_operator and lists exactly what is left', async () => {
    const operation = await product.operation(run.operationId);
    expect(operation).toMatchObject({ status: 'needs_operator', failure: { type: 'PaymentMethodDeclined' } });
    expect(operation.leftovers).toEqual([
      {
        kind: 'bucket',
        provider: 'versity',
        region: 'eu-central',
        id: dashName(run.tenantId),
        lastError: expect.stringContaining('403'),
      },
    ]);
    const left = (await product.providers.traces(run.tenantId)).filter((what) => !what.includes('registry'));
    expect(left).toEqual(['1 × S3: buckets']);
  });

  test('keeps the name taken and the run open, and mails the operators', async () => {
    expect((await product.call('signup', 'POST', '/v1/tenants', newOrder({ tenantName: name }))).status).toBe(409);
    const { status } = await product.temporal.workflow.getHandle(`operation/${run.operationId}`).describe();
    expect(status.name).toBe('RUNNING');
    const about = await product.untilMailed(
      ({ subject }) => subject.includes(run.operationId) && subject.startsWith('[needs_operator]'),
    );
    expect(about).toHaveLength(1);
    expect(about[0]!.text).toContain(dashName(run.tenantId));
  });
});

describe('SIGTERM', () => {
  test('lets the worker finish its activities and exit with 0 without leaving a process; the next worker continues the run', async () => {
    await product.kill('worker', 'SIGTERM');
    const worker = await startProcess('worker.js');
    await logged(worker, /(?:"msg":"polling"[^]*){4}/);
    const run = await product.order(RESTRICTED);
    await untilWaiting(run);
    const held = line.s3.add({
      method: 'PUT',
      path: new RegExp(`^/${dashName(run.tenantId)}`),
      does: 'hold',
      times: 1,
    });
    await approve(run);
    await held.hit;
    const pids = withDescendants([worker.child.pid!]);
    worker.child.kill('SIGTERM');
    held.release();
    expect(await ended(worker)).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(worker.output()).not.toMatch(/"level":(50|60)/);
    await product.restart('worker');
    expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active' });
  }, 150_000);

  test('lets the API answer open requests and exit with 0', async () => {
    const api = await startProcess('api/server.js', { PORT: '0' });
    const [, url] = await logged(api, /"url":"([^"]+)"/);
    const slow = fetch(`${url}/v1/operations`, { headers: { authorization: `Bearer ${product.tokens.operator}` } });
    expect((await slow).status).toBe(200);
    const pids = withDescendants([api.child.pid!]);
    api.child.kill('SIGTERM');
    expect(await ended(api)).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

test('no secret appears in logs, histories or other places where it does not belong', async () => {
  const { leaks, secrets, histories } = await searchForSecrets(product);
  expect(leaks).toEqual([]);
  expect(secrets).toBeGreaterThan(20);
  expect(histories).toBeGreaterThan(10);
});

async function untilWaiting({ operationId }: { operationId: string }): Promise<void> {
  await product.until(operationId, ({ status }) => status === 'awaiting_approval');
}

function approve({ operationId }: { operationId: string }) {
  return product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve' });
}

/** Takes the lock that guards the creation of this tenant's objects, as an earlier session would hold it. */
async function lockTenant(tenantId: string): Promise<Postgres> {
  const url = new URL(product.endpoints.postgres!.regions['eu-central']!.superuserUrl);
  url.pathname = '/app_schemas';
  const client = new Postgres({ connectionString: url.href });
  await client.connect();
  await client.query('begin');
  await client.query(lockStatement(tenantId));
  return client;
}

async function untilLockIsWaitedFor(client: Postgres): Promise<void> {
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
  while ((await client.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

interface Started {
  child: ChildProcess;
  output(): string;
}

async function startProcess(script: string, more: Record<string, string> = {}): Promise<Started> {
  const WORKFLOW_BUNDLE = await workflowBundleFile();
  const child = spawn(process.execPath, [path.join(await builtProduct(), script)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, WORKFLOW_BUNDLE, ...product.env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function logged({ child, output }: Started, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(output());
    if (found) return found;
    if (child.exitCode !== null) throw new Error(`Ended with ${child.exitCode}: ${output().slice(-2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ended({ child }: Started): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('Still running 20 s after it was asked to stop.'));
    }, 20_000);
    child.once('exit', (code) => {
      clearTimeout(late);
      resolve(code);
    });
  });
}
