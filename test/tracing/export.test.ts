import { context, propagation, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { failure } from '../../providers/port/failures';
import { createTracing } from '../../tracing/sdk';
import { startTracing } from '../../tracing/tracing';
import { startCollector, type Collector } from '../helpers/traces/collector';
import { eventually } from '../stack/eventually';

const logger = pino({ level: 'silent' });

test.each([
  ['nothing is configured', {}],
  [
    'the exporter is none',
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } as const,
  ],
  ['the SDK is disabled', { OTEL_SDK_DISABLED: true, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
])('tracing is off if %s', async (_, settings) => {
  expect(await startTracing('api', settings, logger)).toBeUndefined();
});

describe('with a collector', () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
  });
  afterAll(async () => {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    await collector?.stop();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  test('calls to providers arrive below what made them, without the words of their failures', async () => {
    const tracing = createTracing('worker', logger);
    expect(tracing.logFields()).toEqual({});
    const seen = await tracing.call({ provider: 'keycloak', operation: 'users.find' }, async () => {
      const refused = tracing.call({ provider: 'postgres', operation: 'session', region: 'eu-central' }, async () => {
        throw failure('ProviderRefused', 'The account edith@quarry.example is refused.');
      });
      await expect(refused).rejects.toThrow('edith');
      return tracing.logFields();
    });
    await tracing.close();
    await eventually(() => collector.spans().length === 2, 20_000);
    const [inner, outer] = collector.spans();
    expect(outer).toMatchObject({
      service: 'tenant-provisioner-worker',
      name: 'keycloak users.find',
      attributes: { 'provisioner.provider': 'keycloak', 'provisioner.operation': 'users.find' },
    });
    expect(seen).toEqual({ trace_id: outer!.traceId, span_id: outer!.spanId });
    expect(inner).toMatchObject({
      traceId: outer!.traceId,
      parentSpanId: outer!.spanId,
      attributes: { 'provisioner.region': 'eu-central', 'error.type': 'ProviderRefused' },
      status: { code: 2, message: '' },
    });
    expect(JSON.stringify(collector.spans())).not.toContain('edith');
  });
});
