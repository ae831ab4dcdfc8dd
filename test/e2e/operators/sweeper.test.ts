import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, DeleteBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { WorkflowNotFoundError } from '@temporalio/client';
import { MANAGED_BY } from '../../../providers/storage/marks';
import { dashName, newTenantId } from '../../../contract/ids';
import { operationWorkflowId, PROGRESS_QUERY, type Progress } from '../../../contract/operations/messages';
import type { FindingView, Sweep } from '../../../contract/schemas/sweep-schema';
import { bucketExists } from '../../providers/storage/fixture';
import { paidInvoices } from '../../helpers/providers/paid-invoices';
import { startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { proxyProviders, type Proxied } from '../../helpers/providers/proxied';
import { eventually } from '../../stack/eventually';

/** Waits for an approver, so that a fault can be injected before anything is made. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };
/** An undo has enough time on a slow machine, too. */
const IMPATIENT = { SWEEP_LEASE_SECONDS: '1', SWEEP_GRACE_SECONDS: '3', COMPENSATION_SECONDS: '15' };

let product: TestProduct;
let line: Proxied;
let s3: S3Client;

beforeAll(async () => {
  line = await proxyProviders();
  product = await startTestProduct({ via: line.via, overrides: IMPATIENT });
  const { endpoint, region, accessKeyId, secretAccessKey } = product.endpoints.s3!['eu-central']!;
  s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
});
afterAll(async () => {
  s3?.destroy();
  await product?.stop();
  await line?.close();
});

describe('a run that is terminated', () => {
  let halfway: Ordered;

  test('half-way is undone: nothing is left, and the operation shows why', async () => {
    halfway = await product.order(RESTRICTED);
    await untilWaiting(halfway);
    const held = line.s3.add({ method: 'PUT', path: about(halfway), does: 'mute', times: 1 });
    await approve(halfway);
    await held.hit;
    await runOf(halfway).terminate('for the test');
    held.release();
    await sweepUntil(({ counts }) => counts.resumed! > 0);
    expect(await product.untilEnded(halfway.operationId)).toMatchObject({
      status: 'failed',
      failure: { type: 'RunLost' },
      leftovers: [],
    });
    expect(await product.providers.traces(halfway.tenantId)).toEqual([]);
    expect(await audited(halfway)).toContain('sweep.resumed');
  });

  test('leaves nothing even if a late success appears after its compensation: quarantined first, then removed', async () => {
    const bucket = await putBucket(halfway.tenantId);
    const { findings } = await sweepUntil(({ counts }) => counts.orphans! > 0);
    expect(findings).toMatchObject([{ reason: 'orphan', kind: 'bucket', id: bucket, state: 'quarantined' }]);
    expect(await bucketExists(s3, bucket)).toBe(true);
    await sweepUntil(({ counts }) => counts.removed! > 0);
    expect(await bucketExists(s3, bucket)).toBe(false);
    expect(await audited(halfway)).toContain('sweep.released');
  });

  test('between activation and charge is handed over and charged exactly once', async () => {
    const refusal = line.stripe.add({ method: 'POST', path: /^\/v1\/subscriptions\/sub_/, does: 503 });
    const run = await product.order();
    await refusal.hit;
    await runOf(run).terminate('for the test');
    await sweepUntil(({ counts }) => counts.resumed! > 0);
    expect(await paidInvoices(product, run.tenantId)).toBe(0);
    refusal.release();
    expect(await runOf(run).result()).toMatchObject({ status: 'active' });
    expect(await product.operation(run.operationId)).toMatchObject({ status: 'active' });
    expect(await paidInvoices(product, run.tenantId)).toBe(1);
  });
});

test('an operation whose history is gone still waits for an operator, who can solve it', async () => {
  const run = await product.order({ ...RESTRICTED, paymentMethod: 'pm_card_chargeDeclined' });
  await untilWaiting(run);
  const refusal = line.s3.add({ method: 'DELETE', path: about(run), does: 403 });
  await approve(run);
  expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'needs_operator' });
  const { leftovers, updatedAt: before } = await product.operation(run.operationId);
  await wipe(run);
  await sweepUntil(({ counts }) => counts.resumed! > 0);
  // The new run has tried the undo again, without success, and waits.
  const again = await product.until(
    run.operationId,
    ({ status, updatedAt }) => status === 'needs_operator' && updatedAt > before,
  );
  // The run learns of its leftovers a moment after the registry.
  await eventually(async () => (await runOf(run).query<Progress, []>(PROGRESS_QUERY)).status === 'needs_operator');
  // Where the first run had no time left for the others, this one may have released them.
  const refused = leftovers.find(({ kind }) => kind === 'bucket');
  expect(again.failure).toMatchObject({ type: 'PaymentMethodDeclined' });
  expect(again.leftovers).toContainEqual(refused);
  expect((await runOf(run).describe()).status.name).toBe('RUNNING');
  refusal.release();
  await runOf(run).executeUpdate('retry', { args: [{ reason: 'the store works again' }] });
  expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'failed', leftovers: [] });
  expect(await product.providers.traces(run.tenantId)).toEqual([]);
});

test('resources unknown to this registry stay: unmarked ones are ignored, marked ones are shown until an operator names the tenant', async () => {
  const foreign = dashName(newTenantId());
  await s3.send(new CreateBucketCommand({ Bucket: foreign }));
  const tenantId = newTenantId();
  const bucket = await putBucket(tenantId);
  const inQuarantine = async () =>
    ((await product.call('operator', 'GET', '/v1/quarantine')).body as { items: FindingView[] }).items;
  await sweepUntil(async () => (await inQuarantine()).some(({ id, dueAt }) => id === bucket && isPast(dueAt)));
  expect((await inQuarantine()).map(({ id }) => id)).not.toContain(foreign);
  await sweep();
  expect(await bucketExists(s3, bucket)).toBe(true);
  await sweep({ tenants: [tenantId] });
  expect(await bucketExists(s3, bucket)).toBe(false);
  expect(await bucketExists(s3, foreign)).toBe(true);
  await s3.send(new DeleteBucketCommand({ Bucket: foreign }));
});

test('a continuously running sweeper does not disturb a run', async () => {
  const run = await product.order();
  await sweepUntil(async () => (await product.operation(run.operationId)).status === 'active');
  expect(await runOf(run).result()).toMatchObject({ status: 'active' });
  expect(await audited(run)).toEqual([]);
});

function about({ tenantId }: Ordered): RegExp {
  return new RegExp(`^/${dashName(tenantId)}/?(\\?|$)`);
}

function runOf({ operationId }: Ordered) {
  return product.temporal.workflow.getHandle(operationWorkflowId(operationId));
}

async function untilWaiting({ operationId }: Ordered): Promise<void> {
  await product.until(operationId, ({ status }) => status === 'awaiting_approval');
}

function approve({ operationId }: Ordered) {
  return product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve' });
}

function isPast(time: string | undefined): boolean {
  return time !== undefined && Date.parse(time) < Date.now();
}

/** Terminates a run and deletes its history from Temporal. */
async function wipe(run: Ordered): Promise<void> {
  await runOf(run).terminate('for the test');
  const workflowExecution = { workflowId: operationWorkflowId(run.operationId) };
  await product.temporal.workflowService.deleteWorkflowExecution({ namespace: product.namespace, workflowExecution });
  for (;;) {
    const gone = await runOf(run)
      .describe()
      .then(() => false)
      .catch((error: unknown) => error instanceof WorkflowNotFoundError);
    if (gone) return;
    await sleep(100);
  }
}

/** Creates a bucket of this tenant with our marks, bypassing the program. */
async function putBucket(tenantId: string): Promise<string> {
  const Bucket = dashName(tenantId);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const TagSet = Object.entries({ 'managed-by': MANAGED_BY, tenantId }).map(([Key, Value]) => ({ Key, Value }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  return Bucket;
}

/** Runs one sweep to its end. */
async function sweep(more: object = {}): Promise<Sweep> {
  for (;;) {
    const begun = await product.call('operator', 'POST', '/v1/sweeps', { dryRun: false, ...more });
    // The previous sweep has reported its findings but has not ended yet.
    if (begun.status === 409) {
      await sleep(100);
      continue;
    }
    for (;;) {
      const { body } = await product.call('operator', 'GET', begun.headers.get('location')!);
      if ((body as Sweep).state !== 'running') return body as Sweep;
      await sleep(100);
    }
  }
}

/** Sweeps until one has the outcome. Every sweep must complete without a problem. */
async function sweepUntil(condition: (sweep: Sweep) => boolean | Promise<boolean>): Promise<Sweep> {
  for (const deadline = Date.now() + 60_000; ;) {
    const done = await sweep();
    expect(done).toMatchObject({ state: 'done', problems: [] });
    if (await condition(done)) return done;
    if (Date.now() > deadline)
      throw new Error(`The expected outcome did not come within 60 s of sweeping: ${JSON.stringify(done)}`);
  }
}

async function audited({ tenantId }: Ordered): Promise<string[]> {
  const { rows } = await product.registry.query<{ action: string }>(
    `select action from audit_entry where tenant_id = $1 and action like 'sweep.%'`,
    [tenantId],
  );
  return rows.map(({ action }) => action);
}
