import { ACTING_STATUSES, OPEN_STATUSES } from '../../contract/metrics/operations';
import { SCHEDULED_STATES } from '../../contract/tenants/states';
import type { OperationKind } from '../../contract/operations/kinds';
import type { Plan } from '../../contract/orders/order';
import { countDiscrepancies } from '../audit/findings';
import { countFindings } from '../billing/findings';
import type { Queryable } from '../database';
import { LAST_ACTIVITY } from '../ledger/last-activity';
import { countOpenFindings } from '../ledger/quarantine';
import { countUndeliveredMails } from '../operations/mails';
import { countUndelivered } from '../operations/outstanding';
import { countEndpoints, countOpenMessages } from '../webhooks/counts';
import type { GaugeValue } from './snapshot';

/** Reads every gauge that the registry alone can answer, one query after another, so that it takes one connection. */
export async function readGauges(db: Queryable): Promise<GaugeValue[]> {
  const gauges: GaugeValue[] = [];
  for (const read of [openOperations, idleOperations, cells, readerLag, backupAges, backlogs, findings, webhooks])
    gauges.push(...(await read(db)));
  return gauges;
}

async function openOperations(db: Queryable): Promise<GaugeValue[]> {
  const { rows } = await db.query<{ kind: OperationKind; status: (typeof OPEN_STATUSES)[number]; count: number }>(
    `select kind, status, count(*)::int as count from operation where status = any($1) group by kind, status`,
    [OPEN_STATUSES],
  );
  return rows.map(({ count, ...labels }) => ({ metric: 'provisioner_operations', labels, value: count }));
}

async function idleOperations(db: Queryable): Promise<GaugeValue[]> {
  const { rows } = await db.query<{ status: (typeof ACTING_STATUSES)[number]; seconds: number }>(
    `select status, greatest(0, max(extract(epoch from now() - ${LAST_ACTIVITY})))::float8 as seconds
     from operation where status = any($1) group by status`,
    [ACTING_STATUSES],
  );
  return rows.map(({ status, seconds }) => ({
    metric: 'provisioner_longest_idle_seconds',
    labels: { status },
    value: seconds,
  }));
}

async function cells(db: Queryable): Promise<GaugeValue[]> {
  const { rows } = await db.query<{
    region: string;
    kind: 'database' | 'storage' | 'compute';
    cell: string;
    capacity: number;
    used: number;
  }>(
    `select region, kind, cell, capacity::float8 as capacity, used::float8 as used from cell
     where region in (select region from region_profile) order by region, kind, cell`,
  );
  return rows.flatMap(({ capacity, used, ...labels }): GaugeValue[] => [
    { metric: 'provisioner_cell_capacity', labels, value: capacity },
    { metric: 'provisioner_cell_used', labels, value: used },
  ]);
}

async function readerLag(db: Queryable): Promise<GaugeValue[]> {
  const { rows } = await db.query<{ reader: string; events: number; seconds: number }>(
    `select name as reader, greatest(0, newest - position)::float8 as events,
       coalesce(greatest(0, extract(epoch from now() - (select at from event where sequence = position + 1))), 0)::float8 as seconds
     from event_reader, event_head order by name`,
  );
  return rows.flatMap(({ reader, events, seconds }): GaugeValue[] => [
    { metric: 'provisioner_event_reader_lag_events', labels: { reader }, value: events },
    { metric: 'provisioner_event_reader_lag_seconds', labels: { reader }, value: seconds },
  ]);
}

async function backupAges(db: Queryable): Promise<GaugeValue[]> {
  const { rows } = await db.query<{ plan: Plan; seconds: number }>(
    `select plan, max(extract(epoch from now() - coalesce((select taken_at from backup
         where backup.tenant_id = tenant.tenant_id and state = 'good' order by taken_at desc limit 1), tenant.created_at)))::float8 as seconds
     from tenant where state = any($1) and template ? 'backup' group by plan`,
    [SCHEDULED_STATES],
  );
  return rows.map(({ plan, seconds }) => ({
    metric: 'provisioner_oldest_backup_seconds',
    labels: { plan },
    value: seconds,
  }));
}

async function backlogs(db: Queryable): Promise<GaugeValue[]> {
  const { starts, decisions } = await countUndelivered(db);
  const mails = await countUndeliveredMails(db);
  return [
    { metric: 'provisioner_relay_backlog', labels: { what: 'starts' }, value: starts },
    { metric: 'provisioner_relay_backlog', labels: { what: 'decisions' }, value: decisions },
    ...mails.map(({ recipient: to, state, count }): GaugeValue => ({
      metric: 'provisioner_undelivered_mails',
      labels: { to, state },
      value: count,
    })),
  ];
}

async function findings(db: Queryable): Promise<GaugeValue[]> {
  const open = await countOpenFindings(db);
  const billing = await countFindings(db);
  return [
    ...billing.map(({ problem, count }): GaugeValue => ({
      metric: 'provisioner_billing_findings',
      labels: { problem },
      value: count,
    })),
    { metric: 'provisioner_audit_findings', labels: {}, value: await countDiscrepancies(db) },
    ...open.map(({ reason, count }): GaugeValue => ({
      metric: 'provisioner_quarantine',
      labels: { reason },
      value: count,
    })),
  ];
}

async function webhooks(db: Queryable): Promise<GaugeValue[]> {
  const endpoints = await countEndpoints(db);
  const messages = await countOpenMessages(db);
  return [
    ...endpoints.map(({ state, count }): GaugeValue => ({
      metric: 'provisioner_webhook_endpoints',
      labels: { state },
      value: count,
    })),
    ...messages.map(({ state, count }): GaugeValue => ({
      metric: 'provisioner_webhook_messages',
      labels: { state },
      value: count,
    })),
  ];
}
