import { measureCalls } from '../../metrics/provider-calls';
import { registerMetrics } from '../../metrics/register';
import { traceCallsWith, tracedCall, type CallTracer } from '../../providers/port/traced-call';

const call = { provider: 'stripe', operation: 'POST /v1/customers' };

afterEach(() => traceCallsWith());

test('calls are counted by their outcome, also where a refusal is an answer, and traced at the same time', async () => {
  const metrics = registerMetrics('worker');
  const traced: string[] = [];
  const tracer: CallTracer = ({ operation }, work) => {
    traced.push(operation);
    return work();
  };
  traceCallsWith(measureCalls(metrics), tracer);
  await tracedCall(
    call,
    () => Promise.resolve({ status: 200 }),
    ({ status }) => status,
  );
  await tracedCall(
    call,
    () => Promise.resolve({ status: 429 }),
    ({ status }) => status,
  );
  const lost = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  await expect(tracedCall(call, () => Promise.reject(lost))).rejects.toBe(lost);
  const text = await metrics.registry.metrics();
  for (const outcome of ['ok', 'throttled', 'no-answer'])
    expect(text).toContain(
      `provisioner_provider_calls_total{provider="stripe",operation="POST /v1/customers",outcome="${outcome}"} 1`,
    );
  expect(text).toContain(
    'provisioner_provider_call_duration_seconds_count{provider="stripe",operation="POST /v1/customers"} 3',
  );
  expect(traced).toHaveLength(3);
});
