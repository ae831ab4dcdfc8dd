import type { z } from 'zod';
import { ALERT_LABELS, ALERT_SEVERITIES, ALERTS_PATH, type AlertSeverity } from '../../../contract/monitoring/alerts';
import { endpointIdSchema } from '../../../contract/schemas/common';
import { alertReportSchema, alertsTakenSchema } from '../../../contract/schemas/monitoring/alert-schema';
import { recordAlerts, type ReportedAlert } from '../../../registry/monitoring/alerts';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

const TENANT_ID = /^[a-z][a-z0-9]{15}$/;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** `POST /v1/providers/alerts/api/v2/alerts`. */
export function alertRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      // Servers of alert rules append the second part to the address that they are given.
      path: `${ALERTS_PATH}/api/v2/alerts`,
      operationId: 'reportAlerts',
      tag: 'Monitoring',
      summary: 'Report alerts of tenants',
      description:
        'For servers that evaluate alert rules and can send to an Alertmanager (its API v2), such as vmalert: this is the path that they append. An alert that begins to fire, or ceases, becomes an event; repeated reports change nothing, so a report is sent again until it is answered with 2xx.',
      access: ['alerts:report'],
      body: alertReportSchema,
      bodyLimit: 1024 * 1024,
      answers: { 200: { description: 'The alerts need not be sent again.', schema: alertsTakenSchema } },
      problems: [],
      handle: async ({ body }) => {
        const now = new Date();
        const reports = body.flatMap((alert) => reportOf(alert, now) ?? []);
        await recordAlerts(pool, reports);
        return { status: 200, body: { recorded: reports.length, at: now.toISOString() } };
      },
    }),
  ];
}

/** The report in an alert; undefined if it does not come from a tenant's rule. */
function reportOf(
  { labels, startsAt, endsAt }: z.output<typeof alertReportSchema>[number],
  now: Date,
): ReportedAlert | undefined {
  const tenantId = labels[ALERT_LABELS.tenant] ?? '';
  const severity = labels[ALERT_LABELS.severity] as AlertSeverity;
  const alert = labels['alertname'] ?? '';
  if (!TENANT_ID.test(tenantId) || !NAME.test(alert) || !ALERT_SEVERITIES.includes(severity)) return undefined;
  const told = labels[ALERT_LABELS.receivers]?.split(',').filter((each) => endpointIdSchema.safeParse(each).success);
  const hasEnded = endsAt !== undefined && new Date(endsAt) <= now;
  return {
    tenantId,
    alert,
    severity,
    since: new Date(startsAt),
    endedAt: hasEnded ? new Date(endsAt) : null,
    ...(told ? { receivers: told } : {}),
  };
}
