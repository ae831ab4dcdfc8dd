import type { RequestHandler } from 'express';
import type pg from 'pg';
import { registerMetrics, type ProcessMetrics } from '../../metrics/register';
import { EVENT_STREAM } from '../http/send-stream';
import { figuresText } from './figures-text';

/** The metrics of one API process. */
export interface Metrics {
  /** What this process counts itself. */
  process: ProcessMetrics;
  /** What this process counts itself, and what the registry keeps, in Prometheus’s text format. Never rejects: see {@link figuresText}. */
  text(): Promise<string>;
  contentType: string;
  /** Open event streams and requests that wait for events. */
  openStreams: { set(count: number): void };
  /** Measures every request it sees. */
  measure: RequestHandler;
}

/** Builds the metrics. Reads nothing before {@link Metrics.text} is called. */
export function createMetrics(pool: pg.Pool): Metrics {
  const counted = registerMetrics('api');
  let underWay: Promise<string> | undefined;
  return {
    process: counted,
    // Concurrent requests share one read of the registry.
    text: async () => {
      underWay ??= figuresText(pool).finally(() => (underWay = undefined));
      const [own, figures] = await Promise.all([counted.registry.metrics(), underWay]);
      return `${own}\n${figures}`;
    },
    contentType: counted.registry.contentType,
    openStreams: { set: (count) => counted.set('provisioner_event_streams', {}, count) },
    measure: (request, response, next) => {
      const begun = performance.now();
      response.once('finish', () => {
        // How long a stream was open says nothing about the API.
        if (String(response.getHeader('content-type')).startsWith(EVENT_STREAM)) return;
        // Labelled with the route, because paths contain ids and would give an unbounded number of series.
        const labels = {
          method: request.method,
          route: request.routePath ?? 'none',
          status: String(response.statusCode),
        };
        counted.observe('provisioner_http_request_duration_seconds', labels, (performance.now() - begun) / 1000);
      });
      next();
    },
  };
}
