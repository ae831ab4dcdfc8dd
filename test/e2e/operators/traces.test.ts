import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { dashName } from '../../../contract/ids';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { newOrder, plan, startTestProduct, type TestProduct } from '../../helpers/product';
import { clientConverter } from '../../../contract/temporal/data-converter';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { workflowBundle } from '../../helpers/temporal/workflow-bundle';
import { startCollector, type Collector } from '../../helpers/traces/collector';
import { allBelow, treeOf, type ReceivedSpan, type Tree } from '../../helpers/traces/spans';
import { eventually } from '../../stack/eventually';
import { stackEndpoints } from '../../stack';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

let collector: Collector;
let s3: FaultProxy;
let product: TestProduct;
let operation: Operation;
let order: ReturnType<typeof newOrder>;
/** All spans of the order's trace. */
let spans: ReceivedSpan[];
let root: Tree;

beforeAll(async () => {
  collector = await startCollector();
  const { 'eu-central': store, ...others } = stackEndpoints('s3').s3!;
  s3 = await startFaultProxy(store!.endpoint);
  product = await startTestProduct({
    via: { s3: { ...others, 'eu-central': { ...store!, endpoint: s3.url } } },
    overrides: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' },
  });
  order = newOrder(plan('professional'));
  const fault = s3.add({ method: 'PUT', path: /^\/t-/, does: 500, times: 1 });
  const traceparent = `00-${TRACE_ID}-${CALLER}-01`;
  const answer = await product.call('signup', 'POST', '/v1/tenants', order, { traceparent, baggage: 'user=edith' });
  expect(answer.status).toBe(202);
  operation = await product.untilEnded(answer.body.operationId as string, 150_000);
  expect(operation.status).toBe('active');
  expect(fault.met).toBe(1);
  const inTrace = (): ReceivedSpan[] => collector.spans().filter(({ traceId }) => traceId === TRACE_ID);
  await eventually(() => inTrace().some(({ name }) => name === 'RunWorkflow:provisionTenant'), 60_000);
  spans = inTrace();
  root = treeOf(
    spans,
    spans.find(({ parentSpanId }) => parentSpanId === CALLER)!,
  );
}, 400_000);

afterAll(async () => {
  await product?.stop();
  await Promise.all([collector?.stop(), s3?.close()]);
});

const named = (name: string): Tree[] => allBelow(root).filter((span) => span.name === name);

test('an order’s trace begins at its caller and goes through request, start and workflow', () => {
  expect(root).toMatchObject({ name: 'POST /v1/tenants', service: 'tenant-provisioner-api' });
  expect(root.attributes).toMatchObject({ 'http.route': '/v1/tenants', 'http.response.status_code': 202 });
  const [start] = named('StartWorkflow:provisionTenant');
  expect(start).toMatchObject({ parentSpanId: root.spanId, service: 'tenant-provisioner-api' });
  const [run] = named('RunWorkflow:provisionTenant');
  expect(run).toMatchObject({ parentSpanId: start!.spanId, service: 'tenant-provisioner-worker' });
  expect(run!.attributes).toMatchObject({
    'provisioner.operation_id': operation.operationId,
    'provisioner.tenant_id': operation.tenantId,
    'provisioner.kind': 'provision',
    'provisioner.plan': 'professional',
  });
});

test('every span has its parent in the trace', () => {
  const known = new Set([CALLER, ...spans.map(({ spanId }) => spanId)]);
  expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId)).map(({ name }) => name)).toEqual([]);
});

test('each step has an activity’s span below the workflow’s, with what the step is about', () => {
  const [run] = named('RunWorkflow:provisionTenant');
  const attempts = allBelow(run!).filter(({ name }) => name.startsWith('RunActivity:'));
  for (const { id, state } of operation.steps) {
    if (state !== 'done') continue;
    const ofStep = attempts.filter(({ attributes }) => attributes['provisioner.step'] === id);
    expect([id, ofStep.length > 0]).toEqual([id, true]);
    for (const { attributes } of ofStep)
      expect(attributes).toMatchObject({
        'provisioner.operation_id': operation.operationId,
        'provisioner.kind': 'provision',
      });
  }
  const [database] = named('RunActivity:provisionDatabase');
  expect(database!.attributes).toMatchObject({ 'provisioner.region': 'eu-central', 'provisioner.attempt': 1 });
});

test('a retried attempt is a span of its own beside the failed one, with the type of the failure', () => {
  const [scheduled] = named('StartActivity:provisionStorageAndCompute');
  const attempts = scheduled!.below.map(({ attributes, status }) => [
    attributes['provisioner.attempt'],
    attributes['error.type'],
    status.code,
  ]);
  expect(attempts.sort()).toEqual([
    [1, 'OutcomeUnknown', 2],
    [2, undefined, 1],
  ]);
});

test('calls to each provider are below the activities that make them', () => {
  const activities = allBelow(root).filter(({ name }) => name.startsWith('RunActivity:'));
  const calls = activities.flatMap(({ below }) => below.map(({ attributes }) => attributes['provisioner.provider']));
  expect([...new Set(calls)].filter((provider) => provider !== undefined).sort()).toEqual([
    'keycloak',
    'mail',
    'postgres',
    'stripe',
    'versity',
  ]);
  const names = allBelow(root).map(({ name }) => name);
  const made = ['versity CreateBucket', 'keycloak organizations.create', 'stripe POST /v1/customers', 'mail send'];
  expect(names).toEqual(expect.arrayContaining(made));
});

test('no span holds a secret, personal data, an address or a statement', async () => {
  const all = JSON.stringify(collector.spans());
  const secrets = (await product.secrets()).filter((secret) => secret !== dashName(operation.tenantId));
  expect(secrets.length).toBeGreaterThan(3);
  const tokens = Object.values(product.tokens);
  const { email, firstName, lastName } = order.adminUser;
  const personal = [email, firstName, lastName, order.organizationName, order.tenantName, order.paymentMethod!];
  for (const text of [...secrets, ...tokens, ...personal]) expect(all).not.toContain(text);
  expect(all).not.toMatch(/@|\bselect\b|\binsert\b|\bcreate (?:table|role|schema)\b|https?:|127\.0\.0\.1|edith/i);
  for (const { traceState, status, events } of collector.spans()) {
    expect([traceState, status.message]).toEqual(['', '']);
    for (const { attributes } of events) expect(Object.keys(attributes)).toEqual(['exception.type']);
  }
});

test('the history holds nothing of the trace but its ids', async () => {
  const handle = product.blindTemporal.workflow.getHandle(operationWorkflowId(operation.operationId));
  const { events } = await handle.fetchHistory();
  const carried = events!.flatMap(
    ({ workflowExecutionStartedEventAttributes: started, activityTaskScheduledEventAttributes: scheduled }) =>
      Object.entries((started ?? scheduled)?.header?.fields ?? {}),
  );
  expect(carried.length).toBeGreaterThan(10);
  for (const [name, { data }] of carried)
    expect([name, JSON.parse(Buffer.from(data!).toString())]).toEqual([
      '_tracer-data',
      { traceparent: expect.stringContaining(TRACE_ID) },
    ]);
});

test('the run replays where tracing is off', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const handle = product.temporal.workflow.getHandle(operationWorkflowId(operation.operationId));
  const dataConverter = clientConverter(parseKeyRing(product.env.CODEC_KEY_RING!));
  await expect(
    Worker.runReplayHistory(
      { workflowBundle: await workflowBundle(), dataConverter },
      await handle.fetchHistory(),
      operationWorkflowId(operation.operationId),
    ),
  ).resolves.toBeUndefined();
});

test('log lines of the API and of the worker name the trace that they belong to', () => {
  const lines = product
    .logs()
    .split('\n')
    .filter((line) => line.includes(TRACE_ID))
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'request', trace_id: TRACE_ID }));
  const [failed] = named('RunActivity:provisionStorageAndCompute').filter(({ status }) => status.code === 2);
  expect(lines).toContainEqual(
    expect.objectContaining({
      service: 'worker',
      activityType: 'provisionStorageAndCompute',
      trace_id: TRACE_ID,
      span_id: failed!.spanId,
    }),
  );
});

test('a collector that is gone slows nothing down', async () => {
  await collector.stop();
  const ordered = await product.order();
  expect(await product.untilEnded(ordered.operationId, 100_000)).toMatchObject({ status: 'active' });
});
