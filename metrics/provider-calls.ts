import type { CallOutcome } from '../contract/metrics/outcomes';
import { outcomeOfError, outcomeOfStatus } from '../providers/port/call-outcome';
import type { CallTracer, ProviderCall } from '../providers/port/traced-call';
import type { ProcessMetrics } from './register';

/** Measures every call to a provider. */
export function measureCalls(metrics: Pick<ProcessMetrics, 'count' | 'observe'>): CallTracer {
  return async (call, work, statusOf) => {
    const begun = performance.now();
    try {
      const answer = await work();
      note(metrics, call, begun, statusOf ? outcomeOfStatus(statusOf(answer)) : 'ok');
      return answer;
    } catch (error) {
      note(metrics, call, begun, outcomeOfError(error));
      throw error;
    }
  };
}

function note(
  metrics: Pick<ProcessMetrics, 'count' | 'observe'>,
  { provider, operation }: ProviderCall,
  begun: number,
  outcome: CallOutcome,
): void {
  metrics.count('provisioner_provider_calls_total', { provider, operation, outcome });
  metrics.observe(
    'provisioner_provider_call_duration_seconds',
    { provider, operation },
    (performance.now() - begun) / 1000,
  );
}
