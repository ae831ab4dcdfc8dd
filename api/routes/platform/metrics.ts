import type { Metrics } from '../../metrics';
import { defineRoute, type Route } from '../../http/route';

/** `GET /metrics`, for Prometheus. */
export function metricsRoutes({ registry }: Metrics): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      tag: 'Operating',
      summary: 'Metrics for Prometheus',
      description: 'In Prometheus’s text format. No metric names a tenant.',
      access: 'public',
      answers: { 200: { description: 'Text exposition format.', contentType: 'text/plain' } },
      problems: ['registry-unavailable'],
      handle: async () => ({ status: 200, body: await registry.metrics(), contentType: registry.contentType }),
    }),
  ];
}
