import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { exported, isHarmless } from './attributes';

/**
 * Lets spans leave the process only with attributes that hold ids and enumerations. Messages and stacks of errors, of which some quote
 * requests, are dropped, whatever library has recorded them.
 */
export function redacting(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(redacted), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** A copy of the span without anything else. */
export function redacted(span: ReadableSpan): ReadableSpan {
  const { traceId, spanId, traceFlags, isRemote } = span.spanContext();
  // Without `traceState`, which may come from a caller.
  const context = { traceId, spanId, traceFlags, ...(isRemote === undefined ? {} : { isRemote }) };
  return {
    name: isHarmless(span.name) ? span.name : span.name.replace(/[^\w].*$/s, ''),
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes: exported(span.attributes),
    links: span.links.map(({ context: { traceId, spanId, traceFlags } }) => ({
      context: { traceId, spanId, traceFlags },
    })),
    events: span.events
      .filter(({ name }) => isHarmless(name))
      .map(({ name, time, attributes = {} }) => ({ name, time, attributes: exported(attributes) })),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationLibrary: span.instrumentationLibrary,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
