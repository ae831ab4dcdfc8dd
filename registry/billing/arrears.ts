import type pg from 'pg';
import type { PaymentState } from '../../contract/billing/billing';
import { CLEAN_STATUSES, type OperationStatus } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import type { DunningTemplate } from '../../templates/billing-template';
import { maybeOne, type Queryable } from '../database';
import { appendEvent } from '../events/append';

const DAY_MS = 86_400_000;

/** What Stripe says of one invoice and of the account now. */
export interface PaymentReport {
  tenantId: string;
  invoiceId: string;
  /** What is to be told of this invoice; undefined if that was told before, or is not so any more. */
  payment: { state: PaymentState; attempts: number } | undefined;
  /** The oldest invoice that could not be collected; undefined if there is none. */
  unpaid: { invoiceId: string; actionRequired: boolean } | undefined;
  occurredAt: Date;
}

/** Brings the arrears up to date, and appends the event. Call it in the transaction that ends Stripe's event. */
export async function recordPayment(client: pg.ClientBase, report: PaymentReport): Promise<void> {
  const { tenantId, invoiceId, payment, unpaid, occurredAt } = report;
  if (unpaid)
    await client.query(
      `insert into arrears (tenant_id, invoice_id, since, action_required) values ($1, $2, $3, $4)
       on conflict (tenant_id) do update set invoice_id = $2, action_required = $4, paid_at = null,
         since = case when arrears.paid_at is null then arrears.since else $3 end,
         reminded_at = case when arrears.paid_at is null then arrears.reminded_at end`,
      [tenantId, unpaid.invoiceId, occurredAt, unpaid.actionRequired],
    );
  else await recordPaid(client, tenantId);
  if (!payment) return;
  const { state, attempts } = payment;
  await appendEvent(client, { type: 'billing.payment', tenantId, data: { state, invoice: invoiceId, attempts } });
}

/** Records that nothing of a tenant is unpaid any more. */
export async function recordPaid(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update arrears set paid_at = clock_timestamp() where tenant_id = $1 and paid_at is null`, [tenantId]);
}

/** How a tenant's arrears stand, by the database's clock. */
export interface ArrearsStanding {
  invoiceId: string;
  since: Date;
  actionRequired: boolean;
  /** The customer was told of the unpaid invoice, and is to be told that it is paid. */
  thank: boolean;
  /** What is to be done now; undefined if something else must come first, or nothing is left to do. */
  due: 'remind' | 'suspend' | 'resume' | 'close' | undefined;
  /** Seconds until something is due; undefined if nothing more is planned. */
  seconds: number | undefined;
}

interface ArrearsRow {
  invoiceId: string;
  since: Date;
  actionRequired: boolean;
  remindedAt: Date | null;
  paidAt: Date | null;
  suspendedBy: string | null;
  suspension: OperationStatus | null;
  /** Whether that suspension is why the tenant is suspended now. */
  standing: boolean;
  state: TenantState;
  dunning: DunningTemplate | null;
  now: Date;
}

/** How a tenant's arrears stand; undefined if it has none. */
export async function readArrears(db: Queryable, tenantId: string): Promise<ArrearsStanding | undefined> {
  const row = await maybeOne<ArrearsRow>(
    db,
    `select invoice_id as "invoiceId", since, action_required as "actionRequired", reminded_at as "remindedAt", paid_at as "paidAt",
       suspended_by as "suspendedBy", suspension.status as suspension, tenant.state,
       coalesce(suspended_by = (select operation_id from operation where tenant_id = $1 and kind = 'suspend' and status = 'completed'
         order by completed_at desc limit 1), false) as standing,
       tenant.template #> '{billing,dunning}' as dunning, clock_timestamp() as now
     from arrears join tenant using (tenant_id) left join operation as suspension on suspension.operation_id = suspended_by
     where arrears.tenant_id = $1`,
    [tenantId],
  );
  if (!row) return undefined;
  const { invoiceId, since, actionRequired } = row;
  const next = nextOf(row);
  const thank = next.due === 'close' && row.paidAt !== null && row.remindedAt !== null && row.suspendedBy === null;
  return { invoiceId, since, actionRequired, thank, ...next };
}

function nextOf(row: ArrearsRow): Pick<ArrearsStanding, 'due' | 'seconds'> {
  const { since, remindedAt, suspendedBy, state, dunning, now } = row;
  const later = { due: undefined, seconds: undefined };
  if (state === 'leaving' || state === 'gone') return { due: 'close', seconds: 0 };
  if (row.paidAt) return { due: afterPayment(row), seconds: 0 };
  if (suspendedBy !== null) return later;
  const at = (days: number): Date => new Date(since.getTime() + days * DAY_MS);
  const reminders = [0, ...(dunning?.remindDays ?? [])].map(at);
  if (state === 'active' && reminders.some((time) => time <= now && (remindedAt === null || time > remindedAt)))
    return { due: 'remind', seconds: 0 };
  const end = dunning?.suspendAfterDays === undefined ? [] : [at(dunning.suspendAfterDays)];
  if (end.some((time) => time <= now)) return { due: 'suspend', seconds: 0 };
  const ahead = [...reminders, ...end].map(Number).filter((time) => time > now.getTime());
  return ahead.length === 0
    ? later
    : { due: undefined, seconds: Math.ceil((Math.min(...ahead) - now.getTime()) / 1000) };
}

/** Resumes only what dunning suspended: another suspension since then has another reason. */
function afterPayment({ suspendedBy, suspension, standing, state, dunning }: ArrearsRow): 'resume' | 'close' {
  if (suspendedBy === null || suspension === null || dunning?.resumeOnPayment === false) return 'close';
  if (CLEAN_STATUSES.includes(suspension)) return 'close';
  if (suspension !== 'completed') return 'resume';
  return standing && state === 'suspended' ? 'resume' : 'close';
}

/** Records that the customer was told of the unpaid invoice. */
export async function recordArrearsReminder(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update arrears set reminded_at = clock_timestamp() where tenant_id = $1`, [tenantId]);
}

/** The arrears are not as they were when they were read. */
export class ArrearsChanged extends Error {}

/** Records the suspension in the transaction that accepts it. Throws `ArrearsChanged` if the invoice is paid meanwhile. */
export async function recordSuspension(client: pg.ClientBase, tenantId: string, operationId: string): Promise<void> {
  const { rowCount } = await client.query(
    `update arrears set suspended_by = $2 where tenant_id = $1 and paid_at is null and suspended_by is null`,
    [tenantId, operationId],
  );
  if (rowCount !== 1) throw new ArrearsChanged(`The arrears of tenant ${tenantId} have changed.`);
}

/** Deletes arrears that are paid, or whose tenant leaves. Throws `ArrearsChanged` if an invoice is unpaid again. */
export async function closeArrears(client: Queryable, tenantId: string): Promise<void> {
  const { rowCount } = await client.query(
    `delete from arrears using tenant where arrears.tenant_id = $1 and tenant.tenant_id = $1
       and (paid_at is not null or state in ('leaving', 'gone'))`,
    [tenantId],
  );
  if (rowCount !== 1) throw new ArrearsChanged(`The arrears of tenant ${tenantId} have changed.`);
}
