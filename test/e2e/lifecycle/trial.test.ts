import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { trialWorkflowId } from '../../../contract/tenants/trials';
import { startTestProduct, type TestProduct } from '../../helpers/product';

let product: TestProduct;
let templates: string;
beforeAll(async () => {
  templates = mkdtempSync(join(tmpdir(), 'trial-templates-'));
  cpSync('templates', templates, { recursive: true });
  appendFileSync(join(templates, 'starter.yaml'), '\ntrial: { days: 14, then: suspend }\n');
  product = await startTestProduct({ overrides: { TEMPLATES_DIR: templates } });
}, 240_000);
afterAll(async () => {
  await product?.stop();
  rmSync(templates, { recursive: true, force: true });
});

interface Shown {
  state: string;
  trial?: { endsAt: string; then: string };
}

const shown = async (tenantId: string): Promise<Shown> =>
  (await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body as Shown;
const move = (tenantId: string, seconds: number) =>
  product.call('support', 'PUT', `/v1/tenants/${tenantId}/trial`, {
    endsAt: new Date(Date.now() + seconds * 1_000).toISOString(),
  });
const run = (tenantId: string) => product.temporal.workflow.getHandle(trialWorkflowId(tenantId));

async function onTrial(): Promise<string> {
  const { operationId, tenantId } = await product.order();
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  return tenantId;
}

async function until(tenantId: string, state: string): Promise<Shown> {
  for (const end = Date.now() + 60_000; ;) {
    const tenant = await shown(tenantId);
    if (tenant.state === state) return tenant;
    if (Date.now() > end) throw new Error(`Tenant ${tenantId} is ${tenant.state}, not ${state}.`);
    await sleep(250);
  }
}

/** The run that watches a trial. It is started after the tenant has become active. */
async function watched(tenantId: string): Promise<WorkflowExecutionDescription> {
  for (const end = Date.now() + 30_000; ;) {
    try {
      return await run(tenantId).describe();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError) || Date.now() > end) throw error;
      await sleep(250);
    }
  }
}

test('a tenant is suspended when its trial ends, and a trial that is moved then goes on', async () => {
  const tenantId = await onTrial();
  const { trial } = await shown(tenantId);
  expect(trial?.then).toBe('suspend');
  expect(Math.abs(Date.parse(trial!.endsAt) - Date.now() - 14 * 86_400_000)).toBeLessThan(300_000);
  expect(await (await watched(tenantId)).staticSummary()).toBe(`Trial of tenant ${tenantId}`);

  expect(await move(tenantId, 3)).toMatchObject({ status: 200 });
  expect(await until(tenantId, 'suspended')).not.toHaveProperty('trial');
  expect((await run(tenantId).describe()).status.name).toBe('COMPLETED');

  expect(await move(tenantId, 3_600)).toMatchObject({ status: 200 });
  const resumed = await product.call('support', 'POST', `/v1/tenants/${tenantId}:resume`);
  await product.untilEnded((resumed.body as { operationId: string }).operationId);
  expect(await shown(tenantId)).toMatchObject({ state: 'active', trial: { then: 'suspend' } });
  expect((await run(tenantId).describe()).status.name).toBe('RUNNING');
}, 240_000);

test('a trial whose run was lost is watched again when it is moved, and one that the customer pays for ends without more', async () => {
  const [lost, paid] = await Promise.all([onTrial(), onTrial()]);
  await run(lost).terminate('A test.');
  await move(lost, 3);
  expect(await product.call('support', 'DELETE', `/v1/tenants/${paid}/trial`)).toMatchObject({ status: 204 });
  await until(lost, 'suspended');
  await run(paid).result();
  expect(await shown(paid)).toMatchObject({ state: 'active' });
}, 240_000);
