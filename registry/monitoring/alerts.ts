import type pg from 'pg';
import type { AlertSeverity } from '../../contract/monitoring/alerts';
import type { NewEvent } from '../../contract/events/events';
import { transaction } from '../database';
import { appendEvents } from '../events/append';

/** An alert of a tenant, as the server that evaluates its rules reports it. */
export interface ReportedAlert {
  tenantId: string;
  alert: string;
  severity: AlertSeverity;
  receivers?: string[] | undefined;
  since: Date;
  /** Null while it fires. */
  endedAt: Date | null;
}

interface AlertRow {
  tenantId: string;
  alert: string;
  severity: AlertSeverity;
  receivers: string[] | null;
  since: Date;
}

const ROW = `alert.tenant_id as "tenantId", alert.alert, alert.severity, alert.receivers, alert.fired_at as since`;

/**
 * Records reports, with one event for each alert that begins or ceases to fire. Repeated, late and disordered reports change nothing. Those about
 * tenants that are not active are ignored: a suspended tenant has nothing to be alarmed about.
 */
export async function recordAlerts(pool: pg.Pool, reports: readonly ReportedAlert[]): Promise<void> {
  const [firing, ended] = [reports.filter(({ endedAt }) => !endedAt), reports.filter(({ endedAt }) => endedAt)];
  await transaction(pool, async (client) => {
    const fired = await client.query<AlertRow>(
      `insert into tenant_alert as alert (tenant_id, alert, severity, receivers, fired_at)
       select distinct on (report."tenantId", report.alert) report."tenantId", report.alert, severity, receivers, since
       from jsonb_to_recordset($1) as report ("tenantId" text, alert text, severity text, receivers text[], since timestamptz)
         join tenant on tenant.tenant_id = report."tenantId" and tenant.state = 'active'
       order by report."tenantId", report.alert, since desc
       on conflict (tenant_id, alert) do update set severity = excluded.severity, receivers = excluded.receivers,
         fired_at = excluded.fired_at, resolved_at = null
       where alert.resolved_at is not null and excluded.fired_at > alert.fired_at
       returning ${ROW}`,
      [JSON.stringify(firing)],
    );
    const resolved = await client.query<AlertRow>(
      `update tenant_alert alert set resolved_at = now()
       from jsonb_to_recordset($1) as report ("tenantId" text, alert text, since timestamptz)
       where alert.tenant_id = report."tenantId" and alert.alert = report.alert and alert.resolved_at is null
         and report.since >= alert.fired_at
       returning ${ROW}`,
      [JSON.stringify(ended)],
    );
    await appendEvents(client, [
      ...fired.rows.map((row) => eventOf('alert.firing', row)),
      ...resolved.rows.map((row) => eventOf('alert.resolved', row)),
    ]);
  });
}

/** Ends every alert of a tenant that still fires: its rules are not evaluated any more, so nobody would report the end. */
export async function endAlerts(pool: pg.Pool, tenantId: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<AlertRow>(
      `update tenant_alert alert set resolved_at = now() where tenant_id = $1 and resolved_at is null returning ${ROW}`,
      [tenantId],
    );
    await appendEvents(
      client,
      rows.map((row) => eventOf('alert.resolved', row)),
    );
  });
}

function eventOf(
  type: 'alert.firing' | 'alert.resolved',
  { tenantId, alert, severity, receivers, since }: AlertRow,
): NewEvent {
  return { type, tenantId, data: { alert, severity, since, ...(receivers ? { receivers } : {}) } };
}
