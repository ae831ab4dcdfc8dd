import type { Metrics } from '../../metrics';
import { defineRoute, type Route } from '../../http/route';

/** `GET /metrics`, for Prometheus. */
export function metricsRoutes(metrics: Metrics): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      tag: 'Operating',
      summary: 'Metrics for Prometheus',
      description:
        'In Prometheus’s text format. No metric names a tenant. While the registry does not answer, only the metrics of this process are shown.',
      access: 'public',
      answers: { 200: { description: 'Text exposition format.', contentType: 'text/plain' } },
      problems: [],
      handle: async () => ({ status: 200, body: await metrics.text(), contentType: metrics.contentType }),
    }),
  ];
}
