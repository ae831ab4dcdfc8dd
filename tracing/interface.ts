import type { RequestHandler } from 'express';
import type { CallTracer } from '../providers/port/traced-call';
import type { TemporalTracing } from './temporal';

/** Tracing of one process. */
export interface Tracing extends TemporalTracing {
  /** A span for each HTTP request, except for those to `ignore`. */
  requests(ignore: (request: { path: string }) => boolean): RequestHandler;
  /** A span for each call to a provider. */
  call: CallTracer;
  /** The ids of the current span, for log lines. Empty outside any span. */
  logFields(): { trace_id?: string; span_id?: string };
  /** Exports the last spans, for a few seconds at most. */
  close(): Promise<void>;
}
