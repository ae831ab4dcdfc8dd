import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { dashName, underscoreName } from '../../../contract/ids';
import type { Step } from '../../../contract/operations/steps';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { createStorage } from '../../../providers/storage/storage';
import { listResources } from '../../../registry/ledger/ledger';
import { verifiedCertificate } from '../../helpers/audit/certificates';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { tenantLogins } from '../../helpers/providers/tenant-logins';
import { plan, startTestProduct, type Answer, type Ordered, type TestProduct } from '../../helpers/product';

type Plan = TenantProvisioningRequest['subscription']['plan'];

const REGION = 'eu-central';

let product: TestProduct;
beforeAll(async () => void (product = await startTestProduct()), 240_000);
afterAll(() => product?.stop());

async function active(of: Plan): Promise<Ordered> {
  const ordered = await product.order(plan(of));
  expect(await product.untilEnded(ordered.operationId)).toMatchObject({ status: 'active' });
  return ordered;
}

const deprovision = (tenantId: string, body: object = {}, headers: object = {}): Promise<Answer> =>
  product.call(
    'offboarding',
    'POST',
    `/v1/tenants/${tenantId}:deprovision`,
    { reason: 'customer_request', graceDays: 0, ...body },
    headers,
  );

/** The id of an accepted operation. */
function idOf({ status, body }: Answer): string {
  expect(status).toBe(202);
  return body.operationId as string;
}

async function tenantNow(tenantId: string) {
  return (await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body as Record<string, unknown>;
}

/** Uses the tenant: objects with versions, delete markers and an unfinished upload, rows, and a backup. */
async function fill({ tenantId }: Ordered, of: Plan): Promise<void> {
  const logins = tenantLogins(product, tenantId, REGION);
  const s3 = await logins.s3();
  const Bucket = dashName(tenantId);
  try {
    for (const Key of ['a.txt', 'folder/b.txt', 'folder/ü ☃.txt'])
      for (const Body of ['first', 'second']) await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a.txt' }));
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
  } finally {
    s3.destroy();
  }
  const database = await logins.database(of === 'starter' ? 'pool' : 'app');
  try {
    await database.query('begin');
    if (of === 'starter') await database.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
    const schema = of === 'starter' ? 'app' : underscoreName(tenantId);
    const [columns, values] = of === 'starter' ? ['tenant_id, name', `'${tenantId}', n::text`] : ['name', 'n::text'];
    await database.query(`insert into ${schema}.project (${columns}) select ${values} from generate_series(1, 500) n`);
    await database.query('commit');
  } finally {
    await database.end();
  }
  await untilBackedUp(tenantId);
}

/** Waits for the first backup, which was requested when the tenant became active. */
async function untilBackedUp(tenantId: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 200))) {
    const { body } = await product.call('operator', 'GET', `/v1/tenants/${tenantId}/backups`);
    const states = (body.items as { state: string }[]).map(({ state }) => state);
    if (states.includes('good')) return;
    if (Date.now() > deadline) throw new Error(`No good backup after a minute: ${states.join(', ')}.`);
  }
}

/** How many objects the region's vault has in the folder of the tenant's backups. */
async function backedUp(tenantId: string): Promise<number> {
  const storage = createStorage(versityRegions(product.endpoints));
  let parts = 0;
  const options = { signal: AbortSignal.timeout(10_000) };
  for await (const _part of storage.forRegion(REGION).vault.list(`backup/${tenantId}/`, options)) parts += 1;
  storage.close();
  return parts;
}

async function expectGone({ tenantId, order }: Ordered, operation: Operation): Promise<void> {
  expect(operation).toMatchObject({ kind: 'deprovision', status: 'completed', leftovers: [] });
  expect(await product.providers.traces(tenantId)).toEqual([]);
  expect(await backedUp(tenantId)).toBe(0);
  expect(await tenantNow(tenantId)).toMatchObject({ state: 'gone', tenantName: `gone-${tenantId}` });
  const states = (await listResources(product.registry, tenantId)).map(({ kind, state }) => [kind, state]);
  expect(states.filter(([, state]) => state !== 'absent')).toEqual([]);
  // The name is free, and the customer can come back.
  const again = await product.order({ ...plan('starter'), tenantName: order.tenantName });
  expect(await product.untilEnded(again.operationId)).toMatchObject({ status: 'active' });
}

/** Fetches the key and the archive as the customer does, and reads the archive with the reader that is given out. */
async function readExport({ tenantId }: Ordered, folder: string): Promise<{ objects: string[]; rows: number }> {
  const [mail] = await product.untilMailed(({ text = '' }) => text.includes(`/export-key#${tenantId}.`));
  const token = new RegExp(`/export-key#${tenantId}\\.([\\w-]+)`).exec(mail!.text!)![1]!;
  const claim = await product.call(undefined, 'POST', `/v1/tenants/${tenantId}/export:claim`, { token });
  expect(claim.status).toBe(200);
  writeFileSync(join(folder, 'key.txt'), `${claim.body.identity as string}\n`);
  const response = await fetch(`${product.url}/v1/tenants/${tenantId}/export/archive?volume=1`, {
    headers: { authorization: `Bearer ${product.tokens.signup}` },
  });
  writeFileSync(join(folder, 'volume.age'), Buffer.from(await response.arrayBuffer()));
  const reader = join(__dirname, '../../../tools/verify-export.mjs');
  await promisify(execFile)(process.execPath, [
    reader,
    join(folder, 'volume.age'),
    '--identity',
    join(folder, 'key.txt'),
    '--extract',
    join(folder, 'out'),
  ]);
  const lines = readFileSync(join(folder, 'out/objects-0001.jsonl'), 'utf8').trim().split('\n');
  const rows = readFileSync(join(folder, 'out/database/project.csv'), 'utf8').trim().split('\n').length - 1;
  return { objects: lines.map((line) => (JSON.parse(line) as { key: string }).key).sort(), rows };
}

describe.each<Plan>(['starter', 'professional'])('a %s tenant', (of) => {
  test('that has lived and was suspended is removed everywhere, with all its backups', async () => {
    const tenant = await active(of);
    await fill(tenant, of);
    expect(await backedUp(tenant.tenantId)).toBeGreaterThan(0);
    const suspended = await product.call('support', 'POST', `/v1/tenants/${tenant.tenantId}:suspend`, {
      reason: 'customer_request',
    });
    expect(await product.untilEnded(idOf(suspended))).toMatchObject({ status: 'completed' });
    const operation = await product.untilEnded(idOf(await deprovision(tenant.tenantId, { export: true })), 120_000);
    await expectGone(tenant, operation);
    expect(operation.steps.filter(({ state }) => state !== 'done')).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), 'removal-'));
    try {
      // One more row: every tenant begins with a project.
      expect(await readExport(tenant, folder)).toEqual({ objects: ['folder/b.txt', 'folder/ü ☃.txt'], rows: 501 });
    } finally {
      rmSync(folder, { recursive: true });
    }
    const { accepted, resources, retained } = await verifiedCertificate(product, tenant.tenantId);
    expect(accepted).toEqual([]);
    const ledger = await listResources(product.registry, tenant.tenantId);
    expect(resources.map(({ kind }) => kind).sort()).toEqual(ledger.map(({ kind }) => kind).sort());
    expect(retained.map(({ what }) => what.split(/[:, ]/)[0]).sort()).toEqual([
      'audit',
      'export',
      'invoices',
      'operations',
    ]);
  }, 300_000);

  test('is as it was when its removal is called off during the grace period', async () => {
    const tenant = await active(of);
    await fill(tenant, of);
    const before = await product.providers.inventory(tenant.tenantId);
    const operationId = idOf(await deprovision(tenant.tenantId, { graceDays: 14 }));
    await product.until(operationId, ({ status }) => status === 'grace');
    const leaving = await tenantNow(tenant.tenantId);
    expect(leaving).toMatchObject({ state: 'leaving' });
    expect(Date.parse(leaving.removalAt as string)).toBeGreaterThan(Date.now() + 13 * 86_400_000);
    const s3 = await tenantLogins(product, tenant.tenantId, REGION).s3();
    const put = () => s3.send(new PutObjectCommand({ Bucket: dashName(tenant.tenantId), Key: 'late', Body: 'x' }));
    await expect(put()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const cancelled = await product.call('offboarding', 'POST', `/v1/tenants/${tenant.tenantId}:cancel`);
    expect(cancelled.status).toBe(202);
    expect(await product.untilEnded(operationId)).toMatchObject({ status: 'cancelled', leftovers: [] });
    expect(await tenantNow(tenant.tenantId)).toMatchObject({ state: 'active' });
    await put();
    s3.destroy();
    expect(await product.providers.inventory(tenant.tenantId)).toEqual(before);
  }, 300_000);
});

test('one of two requests at once removes the tenant; a repeated request gets the first answer', async () => {
  const { tenantId } = await active('starter');
  const key = { 'idempotency-key': `deprovision-${tenantId}` };
  const answers = await Promise.all([
    deprovision(tenantId, {}, key),
    deprovision(tenantId, {}, key),
    deprovision(tenantId, { reason: 'other' }),
  ]);
  const accepted = answers.filter(({ status }) => status === 202);
  expect(new Set(accepted.map(idOf)).size).toBe(1);
  expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 409)).toEqual([]);
  expect(await product.untilEnded(idOf(accepted[0]!))).toMatchObject({ status: 'completed' });
  const { status, body } = await deprovision(tenantId);
  expect([status, body.detail]).toEqual([
    409,
    'The tenant is gone. Deprovision is possible only while it is active or suspended.',
  ]);
});

/** Resolves once the run has begun the step. The proof is begun once nothing but its answers is missing. */
async function untilBegun(operationId: string, step: Step): Promise<void> {
  if (step !== 'prove')
    return void (await product.until(
      operationId,
      ({ steps }) => steps.find(({ id }) => id === step)?.state !== 'pending',
      120_000,
    ));
  for (const deadline = Date.now() + 120_000; ; await new Promise((done) => setTimeout(done, 50))) {
    const { rowCount } = await product.registry.query(
      `select from operation where operation_id = $1 and not exists (
         select from resource where resource.tenant_id = operation.tenant_id and state not in ('absent', 'scheduled_for_deletion'))`,
      [operationId],
    );
    if (rowCount === 1) return;
    if (Date.now() > deadline) throw new Error('Something is still there after two minutes.');
  }
}

test('a worker that is killed at any point of a removal keeps nothing from being exported, removed and proved', async () => {
  const tenant = await active('professional');
  await fill(tenant, 'professional');
  const hold = `/v1/tenants/${tenant.tenantId}/legal-hold`;
  const reason = { reason: 'So that the grace period does not end before the worker is killed.' };
  expect((await product.call('legal', 'PUT', hold, reason)).status).toBe(200);
  const operationId = idOf(await deprovision(tenant.tenantId, { export: true }));
  for (const step of ['announce', 'export', 'grace', 'remove', 'prove'] as const) {
    if (step === 'remove') await product.call('legal', 'DELETE', hold, reason);
    await untilBegun(operationId, step);
    await product.kill('worker');
    if (step === 'remove')
      expect((await product.call('operator', 'POST', `/v1/operations/${operationId}/cancel`)).status).toBe(409);
    await product.restart('worker');
  }
  await expectGone(tenant, await product.untilEnded(operationId, 180_000));
  expect((await verifiedCertificate(product, tenant.tenantId)).accepted).toEqual([]);
}, 420_000);
