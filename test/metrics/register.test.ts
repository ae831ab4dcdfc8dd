import { registerMetrics } from '../../metrics/register';

test('a value that an enumeration does not have counts as other', async () => {
  const { registry, count } = registerMetrics('worker');
  count('provisioner_provider_calls_total', {
    provider: 'stripe',
    operation: 'GET /v1/prices',
    outcome: 'surprised' as 'ok',
  });
  expect(await registry.getSingleMetricAsString('provisioner_provider_calls_total')).toContain(
    'provisioner_provider_calls_total{provider="stripe",operation="GET /v1/prices",outcome="other"} 1',
  );
});

test('a label whose values should be few stays bounded if they are not', async () => {
  const { registry, count } = registerMetrics('worker');
  for (let id = 0; id < 1_000; id++)
    count('provisioner_provider_calls_total', { provider: 'stripe', operation: `GET /v1/prices/${id}`, outcome: 'ok' });
  const text = await registry.getSingleMetricAsString('provisioner_provider_calls_total');
  expect(text).toContain('operation="other",outcome="ok"} 700');
  expect(text.split('\n').filter((line) => line.startsWith('provisioner_'))).toHaveLength(301);
});

test('a process has its own metrics only', async () => {
  expect(await registerMetrics('worker').registry.metrics()).not.toContain('provisioner_http_request');
  expect(() => registerMetrics('api').count('provisioner_webhook_attempts_total', { outcome: 'gone' })).toThrow(
    'provisioner_webhook_attempts_total is not a metric of this process',
  );
});
