import type { Logger } from 'pino';
import type { Tracing } from './interface';

export type { Tracing };

/** The variables that switch tracing on. OpenTelemetry's SDK reads its other ones itself. */
export interface TracingSettings {
  OTEL_TRACES_EXPORTER?: 'otlp' | 'none' | undefined;
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_SDK_DISABLED?: boolean | undefined;
}

/** Starts tracing, or resolves with undefined if no exporter is configured. Then nothing of OpenTelemetry is loaded. */
export async function startTracing(
  service: 'api' | 'worker',
  settings: TracingSettings,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (!isOn(settings)) return undefined;
  const { createTracing } = await import('./sdk.js');
  return createTracing(service, logger);
}

function isOn({
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_SDK_DISABLED: disabled,
}: TracingSettings): boolean {
  if (disabled === true || exporter === 'none') return false;
  return exporter === 'otlp' || endpoint !== undefined;
}
