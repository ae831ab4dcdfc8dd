import { context, propagation, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';

/** What is known of a request that has been answered. */
interface Routed extends Request {
  routePath?: string;
  traceId?: string;
}

/**
 * A span for each request, below the one that the caller's `traceparent` (W3C Trace Context) names. Of the caller's other headers about
 * traces, `tracestate` and `baggage`, nothing is taken: they may hold anything. `ignore`: requests without a span.
 */
export function traceRequests(tracer: Tracer, ignore: (request: { path: string }) => boolean): RequestHandler {
  return (request: Routed, response, next) => {
    if (ignore(request)) return next();
    const traceparent = request.get('traceparent');
    const carrier = traceparent === undefined ? {} : { traceparent };
    const above = propagation.extract(context.active(), carrier);
    const attributes = { 'http.request.method': request.method };
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, above);
    request.traceId = span.spanContext().traceId;
    response.once('close', () => {
      // Named after the route, because paths contain ids and would give an unbounded number of names.
      const route = request.routePath;
      if (route !== undefined) span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(above, span), next);
  };
}
