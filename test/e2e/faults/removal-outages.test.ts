import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashName } from '../../../contract/ids';
import { MAIL_SCHEDULE_ID } from '../../../contract/maintenance/mail-delivery';
import { operationWorkflowId, PROGRESS_QUERY, type Progress } from '../../../contract/operations/messages';
import { verifiedCertificate } from '../../helpers/audit/certificates';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { stackEndpoints } from '../../stack';

/** Seconds for which the proof waits before it tells operators. Long enough for a slow machine to be asked everything once. */
const OUTAGE_SECONDS = 15;

let product: TestProduct;
let mailLine: CuttableLine;
let s3: FaultProxy;
let templates: string;

beforeAll(async () => {
  const { mail, s3: stores } = stackEndpoints('mail', 's3');
  const { 'eu-central': store, ...otherStores } = stores!;
  mailLine = await startLine(new URL(mail!.smtp).host);
  s3 = await startFaultProxy(store!.endpoint);
  templates = impatientTemplates();
  product = await startTestProduct({
    via: {
      mail: { ...mail!, smtp: `smtp://${mailLine.address}` },
      s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } },
    },
    overrides: { TEMPLATES_DIR: templates },
  });
}, 240_000);
afterAll(async () => {
  await product?.stop();
  await Promise.all([mailLine?.close(), s3?.close()]);
  rmSync(templates, { recursive: true, force: true });
});

/** The plans' templates, whose steps wait only briefly for a provider that does not answer. */
function impatientTemplates(): string {
  const directory = mkdtempSync(join(tmpdir(), 'outage-templates-'));
  cpSync('templates', directory, { recursive: true });
  const file = join(directory, 'starter.yaml');
  const impatient = readFileSync(file, 'utf8').replace(/outageSeconds: \d+/, `outageSeconds: ${OUTAGE_SECONDS}`);
  writeFileSync(file, impatient);
  return directory;
}

describe('a removal with an export', () => {
  let tenant: Ordered;
  let operationId: string;

  beforeAll(async () => {
    tenant = await product.order();
    expect(await product.untilEnded(tenant.operationId, 120_000)).toMatchObject({ status: 'active' });
    mailLine.cut();
    const body = { reason: 'customer_request', graceDays: 0, export: true };
    const accepted = await product.call('offboarding', 'POST', `/v1/tenants/${tenant.tenantId}:deprovision`, body);
    expect(accepted.status).toBe(202);
    operationId = accepted.body.operationId as string;
  }, 180_000);

  test('while the mail server is down, keeps the keys, and says that it waits for the mail about the export', async () => {
    await untilItWaitsFor(/^the mail about the export/);
    const operation = await product.operation(operationId);
    expect(operation).toMatchObject({ status: 'removing', leftovers: [] });
    expect(operation.undelivered).toContainEqual(expect.objectContaining({ purpose: 'exported', state: 'pending' }));
    expect(await product.providers.inventory(tenant.tenantId)).not.toHaveProperty('S3: buckets');
    expect(await keysOf(tenant)).toBe(1);
  }, 180_000);

  test('goes on once the mail is delivered, and asks operators when a provider does not answer the proof', async () => {
    const silence = s3.add({ path: new RegExp(`^/${dashName(tenant.tenantId)}/?(\\?|$)`), does: 'hold' });
    try {
      mailLine.mend();
      await deliverMail();
      const operation = await product.until(operationId, ({ status }) => status === 'needs_operator', 150_000);
      expect(operation).toMatchObject({
        failure: { type: 'ProviderUnavailable', step: 'prove', message: expect.stringContaining('goes on asking') },
        verbs: expect.arrayContaining(['accept']),
      });
      expect(operation.leftovers).toContainEqual(
        expect.objectContaining({
          kind: 'bucket',
          id: dashName(tenant.tenantId),
          lastError: expect.stringContaining('has not said whether it is gone'),
        }),
      );
      await untilItWaitsFor(/^the answers of all providers$/);
      expect(await keysOf(tenant)).toBe(0);
    } finally {
      silence.release();
    }
  }, 240_000);

  test('ends by itself once the provider answers, with a certificate that has its answer', async () => {
    const ended = await product.until(operationId, ({ status }) => status === 'completed', 150_000);
    expect(ended.leftovers).toEqual([]);
    expect(ended.failure).toBeUndefined();
    const { resources } = await verifiedCertificate(product, tenant.tenantId);
    const bucket = resources.find(({ kind }) => kind === 'bucket');
    expect(bucket!.asked.map(({ how, answer }) => [how, answer])).toContainEqual(['lookup', 'absent']);
    expect(await product.providers.traces(tenant.tenantId)).toEqual([]);
  }, 180_000);

  /** Resolves once the run says in the Temporal Web UI that it waits for this. */
  async function untilItWaitsFor(what: RegExp): Promise<void> {
    const run = product.temporal.workflow.getHandle(operationWorkflowId(operationId));
    for (const deadline = Date.now() + 150_000; ; await sleep(250)) {
      const { waitsFor, status } = await run.query<Progress, []>(PROGRESS_QUERY);
      if (waitsFor !== undefined && what.test(waitsFor)) return;
      if (Date.now() > deadline) throw new Error(`The run is ${status} and waits for ${waitsFor ?? 'nothing'}.`);
    }
  }

  /** Sends what is pending until the mail about the export is delivered; the schedule alone would take up to a minute. */
  async function deliverMail(): Promise<void> {
    const schedule = product.temporal.schedule.getHandle(MAIL_SCHEDULE_ID);
    for (const deadline = Date.now() + 60_000; ; await sleep(1_000)) {
      const { undelivered = [] } = await product.operation(operationId);
      if (!undelivered.some(({ purpose, state }) => purpose === 'exported' && state === 'pending')) return;
      if (Date.now() > deadline) throw new Error('The mail about the export was not delivered within a minute.');
      await product.registry.query(`update mail set next_try_at = now() where state = 'pending'`);
      await schedule.trigger();
    }
  }
});

async function keysOf({ tenantId }: Ordered): Promise<number> {
  const { rowCount } = await product.registry.query(`select from tenant_key where tenant_id = $1`, [tenantId]);
  return rowCount!;
}
