import { ROWS } from '../../../scripts/dashboards/rows';
import { freePort } from '../../../stack/processes/ports';
import { noteDiscrepancy } from '../../../registry/audit/findings';
import type { Product } from '../../../stack/product/product';
import { startMonitoring, type MonitoringServers } from '../../helpers/monitoring/servers';
import { missing } from '../../helpers/monitoring/tools';
import { startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { startReceiver, type Received, type Receiver } from '../../helpers/webhooks/receiver';
import { eventually } from '../../stack/eventually';

const why = missing('prometheus') ?? missing('prometheus-alertmanager');
const suite = why === undefined ? describe : describe.skip;
if (why !== undefined) test.todo(`Prometheus and Alertmanager: not run, ${why}`);

/** Gauges are computed every 15 s, and scraped every 2 s. */
const SOON = 60_000;

suite('with a real Prometheus and a real Alertmanager', () => {
  let product: TestProduct;
  let replica: Product;
  let receiver: Receiver;
  let monitoring: MonitoringServers;
  let tenant: Ordered;

  beforeAll(async () => {
    receiver = await startReceiver();
    const port = await freePort();
    product = await startTestProduct({ overrides: { WORKER_METRICS_PORT: String(port) } });
    replica = await product.anotherApi({});
    monitoring = await startMonitoring({
      targets: {
        'provisioner-api': [new URL(product.url).host, new URL(replica.url).host],
        'provisioner-worker': [`127.0.0.1:${port}`],
      },
      receiver: receiver.url,
    });
    tenant = await product.order();
    const declined = await product.order({ paymentMethod: 'pm_card_chargeDeclined' });
    expect(await product.untilEnded(tenant.operationId, 120_000)).toMatchObject({ status: 'active' });
    expect(await product.untilEnded(declined.operationId, 120_000)).toMatchObject({ status: 'failed' });
  }, 400_000);
  afterAll(async () => {
    await monitoring?.stop();
    await product?.stop();
    await receiver?.stop();
  });

  const valueOf = async (expression: string): Promise<number | undefined> =>
    (await monitoring.query(expression))[0]?.value;
  const becomes = (expression: string, value: number): Promise<void> =>
    eventually(async () => (await valueOf(expression)) === value, SOON);
  const labelsOf = async (expression: string, label: string): Promise<(string | undefined)[]> =>
    (await monitoring.query(expression)).map(({ labels }) => labels[label]).sort();

  test('both APIs and the worker are scraped', async () => {
    await becomes('sum(up{job="provisioner-api"})', 2);
    await becomes('sum(up{job="provisioner-worker"})', 1);
  });

  test('operations that have ended are counted once, although two APIs show them', async () => {
    const ended = (outcome: string): string =>
      `provisioner_operations_ended_total{kind="provision",outcome="${outcome}"}`;
    await becomes(`sum(max by (plan) (${ended('succeeded')}))`, 1);
    await becomes(`sum(max by (plan) (${ended('refused')}))`, 1);
    await becomes(`count(${ended('succeeded')} == 1)`, 2);
    expect(await valueOf(`sum(${ended('failed')})`)).toBe(0);
  });

  test('durations are there for the operation and for each of its steps', async () => {
    const { steps, createdAt, completedAt } = await product.operation(tenant.operationId);
    const took = (Date.parse(completedAt!) - Date.parse(createdAt)) / 1000;
    const sum = 'max(provisioner_operation_duration_seconds_sum{outcome="succeeded",region="eu-central"})';
    await eventually(async () => (await valueOf(sum)) !== undefined, SOON);
    expect(Math.abs((await valueOf(sum))! - took)).toBeLessThan(2);
    const told = await labelsOf('count by (step) (provisioner_step_duration_seconds_count{outcome="done"})', 'step');
    // A step that is over before its beginning is recorded has no duration.
    expect(told.length).toBeGreaterThanOrEqual(steps.length - 2);
    expect(await labelsOf('count by (step) (provisioner_step_failures_total)', 'step')).toContain('integrations');
  });

  test('the worker shows attempts, waits for it, calls to every provider, and the figures of Temporal’s SDK', async () => {
    const ok = 'count by (provider) (provisioner_provider_calls_total{outcome="ok"} > 0)';
    expect(await labelsOf(ok, 'provider')).toEqual(['keycloak', 'mail', 'postgres', 'stripe', 'versity']);
    expect(
      await valueOf('sum(provisioner_step_attempt_duration_seconds_count{kind="provision",outcome="ok"})'),
    ).toBeGreaterThan(8);
    expect(await labelsOf('provisioner_activity_queue_wait_seconds_count > 0', 'task_queue')).toEqual(
      expect.arrayContaining(['provisioning', 'region.eu-central']),
    );
    expect(await valueOf('sum(temporal_workflow_completed_total)')).toBeGreaterThan(0);
    // The health check of docker-compose.yml looks for it.
    expect(await valueOf('max(temporal_num_pollers{task_queue="provisioning"})')).toBeGreaterThan(0);
    expect(await valueOf('count(temporal_activity_execution_latency_seconds_bucket)')).toBeGreaterThan(0);
  });

  test('capacity, task queues, readers of events and versions are shown', async () => {
    await becomes('max(provisioner_cell_used{region="eu-central",kind="database"})', 1);
    await becomes('max(provisioner_cell_capacity{region="eu-central",kind="database"})', 2000);
    await becomes('min(max by (task_queue) (provisioner_task_queue_polled))', 1);
    await becomes('max(provisioner_event_reader_lag_events)', 0);
    expect(await labelsOf('provisioner_build_info', 'job')).toEqual([
      'provisioner-api',
      'provisioner-api',
      'provisioner-worker',
    ]);
  });

  test('Prometheus understands every question of the dashboard', async () => {
    for (const { lines } of Object.values(ROWS).flat())
      for (const [expression] of lines) await monitoring.query(expression.replaceAll('$__rate_interval', '1m'));
  });

  test('counts of the registry go on after the API has been killed', async () => {
    const accepted = 'max by (instance) (provisioner_operations_accepted_total{kind="provision",plan="starter"})';
    const { host } = new URL(product.url);
    await product.kill('api', 'SIGKILL');
    await becomes(`up{instance="${host}"}`, 0);
    await product.restart('api');
    await becomes(`up{instance="${host}"}`, 1);
    expect(await valueOf(`${accepted} == 2`)).toBe(2);
    expect(await valueOf('max(resets(provisioner_operations_accepted_total[10m]))')).toBe(0);
  });

  test('an alert reaches the person on call, with what to do and nothing that is secret', async () => {
    expect(receiver.received).toEqual([]);
    await noteDiscrepancy(product.registry, {
      tenantId: tenant.tenantId,
      region: 'eu-central',
      sequence: 1,
      problem: 'entry 1 has another hash than the next one says',
    });
    await eventually(() => receiver.received.length > 0, 2 * SOON);
    const [{ path, body: text }] = receiver.received as [Received];
    const body = JSON.parse(text) as Notification;
    expect(path).toBe('/hook/page');
    expect(body.alerts).toMatchObject([
      {
        status: 'firing',
        labels: { alertname: 'ProvisionerAuditFinding', severity: 'page' },
        annotations: { runbook: 'docs/operating.md#provisionerauditfinding' },
      },
    ]);
    expect(text).not.toContain(tenant.tenantId);
  });
});

interface Notification {
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}
