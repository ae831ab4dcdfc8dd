import { context, isSpanContextValid, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { VERSION } from '../config/version';
import type { ProviderCall } from '../providers/port/traced-call';
import { ATTRIBUTES, errorType } from './attributes';
import type { Tracing } from './interface';
import { redacting } from './redact';
import { traceRequests } from './requests';
import { temporalTracing } from './temporal';

/** Milliseconds that the last spans have to be exported when the process stops. */
const LAST_EXPORT_MS = 3_000;

/**
 * Tracing by OpenTelemetry's SDK, which reads its own settings from the environment: endpoint, headers and time-outs of the exporter, the
 * sampler, the size of batches. Once for each process.
 */
export function createTracing(service: string, logger: Logger): Tracing {
  const named = new Resource({ 'service.name': `tenant-provisioner-${service}`, 'service.version': VERSION });
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so they win.
  const resource = new Resource({}).merge(named).merge(new Resource(envDetectorSync.detect().attributes));
  // Bounded: spans are dropped, and nothing waits, while the collector does not answer.
  const processor = new BatchSpanProcessor(redacting(new OTLPTraceExporter()));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({
    contextManager: new AsyncLocalStorageContextManager(),
    propagator: new W3CTraceContextPropagator(),
  });
  setGlobalErrorHandler((error) => logger.warn({ reason: errorType(error) }, 'spans were not exported'));
  const tracer = provider.getTracer('tenant-provisioner', VERSION);
  return {
    requests: (ignore) => traceRequests(tracer, ignore),
    ...temporalTracing(tracer, processor, resource),
    call: (call, work) => traceCall(tracer, call, work),
    logFields: () => {
      const current = trace.getSpanContext(context.active());
      return current && isSpanContextValid(current) ? { trace_id: current.traceId, span_id: current.spanId } : {};
    },
    close: async () => {
      const waited = new Promise<void>((resolve) => setTimeout(resolve, LAST_EXPORT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), waited]);
    },
  };
}

function traceCall<T>(
  tracer: Tracer,
  { provider, operation, region }: ProviderCall,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = {
    [ATTRIBUTES.provider]: provider,
    [ATTRIBUTES.operation]: operation,
    ...(region === undefined ? {} : { [ATTRIBUTES.region]: region }),
  };
  return tracer.startActiveSpan(`${provider} ${operation}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Only the adapter knows whether this is a failure: many look first, and are told that there is nothing.
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType(error));
      throw error;
    } finally {
      span.end();
    }
  });
}
