import type { temporal } from '@temporalio/proto';
import { dashName } from '../../../contract/ids';
import { stepRule, stepsOf } from '../../../contract/operations/kinds';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import { historyOf, record, sizeOf } from '../../helpers/temporal/histories';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { proxyProviders, type Proxied } from '../../helpers/providers/proxied';

/** Upper bound of a run's history, so that it fits one page of the server and can be replayed in one request. */
const BUDGET = { events: 150, bytes: 64 * 1024 };
const RESTRICTED = { ...plan('professional'), customizations: { storageQuotaGb: 100 } };

let product: TestProduct;
let line: Proxied;
let active: Ordered;
let compensated: Ordered;

beforeAll(async () => {
  line = await proxyProviders();
  product = await startTestProduct({ via: line.via });
  [active, compensated] = await Promise.all([product.order(plan('professional')), worstCompensation()]);
  await Promise.all([active, compensated].map(closed));
}, 150_000);
afterAll(async () => {
  await product?.stop();
  await line?.close();
});

describe('the Temporal Web UI without a key', () => {
  test('shows a run’s steps as a table, and why the run failed', async () => {
    expect(await currentDetails(active)).toMatch(
      /\*\*active\*\* – 10 of 10 steps[^]*\| 1 \| Validate the order \| ✔ done \|[^]*\| 10 \|/,
    );
    const failed = await currentDetails(compensated);
    expect(failed).toMatch(/\*\*failed\*\*/);
    expect(failed).toContain('Failure in *verify*: **VerificationFailed**');
  });

  test('summarizes each run and each activity', async () => {
    const handle = product.blindTemporal.workflow.getHandle(operationWorkflowId(active.operationId));
    expect(await (await handle.describe()).staticSummary()).toBe(`Provision professional tenant ${active.tenantId}`);
    const summaries = (await historyOf(product, active.operationId)).events!.flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) =>
        scheduled ? [Buffer.from(userMetadata?.summary?.data ?? []).toString()] : [],
    );
    for (const step of stepsOf('provision').slice(0, 9))
      expect(summaries).toContain(JSON.stringify(stepRule('provision', step).label));
    expect(summaries.every((summary) => summary.length > 2)).toBe(true);
  });

  test('finds runs by plan, status and region', async () => {
    const query = `TenantPlan = 'professional' and ProvisioningStatus = 'active' and TenantRegion = 'eu-central'`;
    const found: string[] = [];
    for await (const { workflowId } of product.blindTemporal.workflow.list({ query })) found.push(workflowId);
    expect(found).toContain(operationWorkflowId(active.operationId));
    expect(found).not.toContain(operationWorkflowId(compensated.operationId));
  });

  test('cannot read inputs or results', async () => {
    const { events } = await historyOf(product, active.operationId);
    const [input] = events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
    expect(Buffer.from(input!.metadata!['encoding']!).toString()).toBe('binary/encrypted');
    expect(Buffer.from(input!.data!).toString('latin1')).not.toContain(active.tenantId);
  });
});

test.each([
  ['a success', () => active],
  ['the worst compensation', () => compensated],
])('the history of %s stays within its budget', async (what, run) => {
  const size = sizeOf(await historyOf(product, run().operationId));
  process.stderr.write(`${what}: ${size.events} events, ${size.bytes} bytes\n`);
  expect(size.events).toBeLessThanOrEqual(BUDGET.events);
  expect(size.bytes).toBeLessThanOrEqual(BUDGET.bytes);
});

test('runs with every possible end can be replayed', async () => {
  const rejected = await waiting();
  await decide(rejected, 'reject');
  const cancelled = await waiting();
  await product.call('signup', 'POST', `/v1/operations/${cancelled.operationId}/cancel`);
  const approved = await waiting();
  await decide(approved, 'approve');
  const runs = { active, compensated, rejected, cancelled, approved };
  await Promise.all(Object.values(runs).map(closed));
  const codec = createPayloadCodec(parseKeyRing(product.env.CODEC_KEY_RING!));
  for (const [name, { operationId }] of Object.entries(runs)) {
    const history = await historyOf(product, operationId);
    expect(history.events!.length).toBeGreaterThan(10);
    await record(name, history, codec);
  }
});

test('API and worker log only JSON lines', () => {
  const lines = product
    .logs()
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => !line.startsWith('{"level":') || !isJson(line))).toEqual([]);
});

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Waits for an approver, retries two of the steps, and fails at the last check, so that everything must be undone. */
async function worstCompensation(): Promise<Ordered> {
  const run = await waiting();
  const name = dashName(run.tenantId);
  line.s3.add({ path: new RegExp(`^/${name}`), does: 503, times: 2 });
  line.keycloak.add({ method: 'GET', path: new RegExp(`/users/?\\?.*${name}`), does: 503, times: 2 });
  // Only verification writes objects; the store refuses them.
  line.s3.add({ method: 'PUT', path: new RegExp(`^/${name}/provisioning-check`), does: 403 });
  await decide(run, 'approve');
  return run;
}

async function waiting(): Promise<Ordered> {
  const run = await product.order(RESTRICTED);
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval');
  return run;
}

async function decide({ operationId }: Ordered, decision: 'approve' | 'reject'): Promise<void> {
  const { status } = await product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision });
  expect(status).toBe(202);
}

/** Resolves when the workflow has ended, after its last mail. */
async function closed({ operationId }: Ordered): Promise<void> {
  await product.temporal.workflow
    .getHandle(operationWorkflowId(operationId))
    .result()
    .catch(() => undefined);
}

/** Current Details as the Web UI reads them without a key: from the metadata query, whose answer must not be encrypted. */
async function currentDetails({ operationId }: Ordered): Promise<string> {
  const { queryResult } = await product.blindTemporal.connection.workflowService.queryWorkflow({
    namespace: product.namespace,
    execution: { workflowId: operationWorkflowId(operationId) },
    query: { queryType: '__temporal_workflow_metadata' },
  });
  const { metadata, data } = queryResult!.payloads![0]!;
  expect(Buffer.from(metadata!['encoding']!).toString()).toMatch(/^json\//);
  const read = JSON.parse(Buffer.from(data!).toString()) as temporal.api.sdk.v1.IWorkflowMetadata;
  return read.currentDetails!;
}
