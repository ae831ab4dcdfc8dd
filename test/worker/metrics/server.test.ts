import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { registerMetrics } from '../../../metrics/register';
import { createWorkerMetrics } from '../../../worker/metrics';
import { measureAttempts } from '../../../worker/metrics/attempts';
import { serveMetrics } from '../../../worker/metrics/server';

let sdk: Server;
let sdkUrl: string;
beforeAll(async () => {
  sdk = createServer((_, response) => response.end('temporal_num_pollers{task_queue="provisioning"} 5\n'));
  sdk.listen(0, '127.0.0.1');
  await once(sdk, 'listening');
  sdkUrl = `http://127.0.0.1:${(sdk.address() as AddressInfo).port}/metrics`;
});
afterAll(() => {
  sdk.close();
});

async function scraped(from: string): Promise<{ status: number; text: string }> {
  const { registry } = registerMetrics('worker');
  const server = await serveMetrics({ registry, sdkUrl: from, host: '127.0.0.1', port: 0 });
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const text = await answer.text();
  await server.close();
  return { status: answer.status, text };
}

test('a worker serves its own metrics and those of the SDK as one target', async () => {
  const { status, text } = await scraped(sdkUrl);
  expect(status).toBe(200);
  expect(text).toContain('provisioner_webhook_attempts_total{outcome="delivered"} 0');
  expect(text).toContain('temporal_num_pollers{task_queue="provisioning"} 5');
});

test('a worker serves its own metrics while the SDK does not answer', async () => {
  const { status, text } = await scraped('http://127.0.0.1:1/metrics');
  expect(status).toBe(200);
  expect(text).toContain('provisioner_webhook_attempts_total');
  expect(text).not.toContain('temporal_');
});

test('a worker whose port is taken says so and works without it', async () => {
  const { port } = sdk.address() as AddressInfo;
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const metrics = await createWorkerMetrics({ WORKER_METRICS_HOST: '127.0.0.1', WORKER_METRICS_PORT: port }, logger);
  expect(await metrics.serve()).toBeUndefined();
  expect(lines.join()).toContain('free WORKER_METRICS_PORT or set another');
});

test('a worker without a port serves nothing and has the SDK serve nothing', async () => {
  const metrics = await createWorkerMetrics({ WORKER_METRICS_HOST: '127.0.0.1' }, pino({ level: 'silent' }));
  expect(metrics.sdkPort).toBeUndefined();
  expect(await metrics.serve()).toBeUndefined();
});

test('attempts are measured by kind, step and outcome, and their wait by task queue', async () => {
  const metrics = registerMetrics('worker');
  const info = {
    currentAttemptScheduledTimestampMs: Date.now() - 2_000,
    taskQueue: 'region.eu-central',
    workflowType: 'provisionTenant',
  };
  measureAttempts(metrics)(info, { step: 'database', direction: 'forward' })('failed');
  measureAttempts(metrics)({ ...info, workflowType: 'sweep' }, undefined)('ok');
  const text = await metrics.registry.metrics();
  expect(text).toContain(
    'provisioner_step_attempt_duration_seconds_count{kind="provision",step="database",direction="forward",outcome="failed"} 1',
  );
  expect(text).toContain('provisioner_activity_queue_wait_seconds_count{task_queue="region.eu-central"} 2');
  expect(text).toContain('provisioner_activity_queue_wait_seconds_bucket{le="1",task_queue="region.eu-central"} 0');
});
