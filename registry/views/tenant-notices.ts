import type { OperationParameters } from '../../contract/operations/inputs';
import type { OperationStatus } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import { maybeOne, type Queryable } from '../database';

/** What a mail to a tenant's first admin is about, as the registry has it now. */
export interface NoticeSubject {
  tenantId: string;
  /** Of the operation. */
  status: OperationStatus;
  parameters: OperationParameters;
  /** Of the tenant. */
  state: TenantState;
}

/** An operation and its tenant; undefined if there is no such operation. */
export async function findNoticeSubject(db: Queryable, operationId: string): Promise<NoticeSubject | undefined> {
  return maybeOne<NoticeSubject>(
    db,
    `select tenant_id as "tenantId", status, parameters, tenant.state
     from operation join tenant using (tenant_id) where operation.operation_id = $1`,
    [operationId],
  );
}

/** When the removal of a tenant is to begin; undefined if that is not decided yet. */
export async function findRemovalTime(db: Queryable, operationId: string): Promise<Date | undefined> {
  const row = await maybeOne<{ at: Date | null }>(
    db,
    `select removal_at as at from operation where operation_id = $1`,
    [operationId],
  );
  return row?.at ?? undefined;
}

/** The end of a tenant's trial, and what happens then. */
export interface TrialEnd {
  endsAt: Date;
  then: 'suspend' | 'deprovision';
  /** Whether the end is still to come. */
  ahead: boolean;
}

/** The end of the trial of the tenant that an operation belongs to; undefined if it has none. */
export async function findTrialEnd(db: Queryable, operationId: string): Promise<TrialEnd | undefined> {
  return maybeOne<TrialEnd>(
    db,
    `select trial_ends_at as "endsAt", trial_then as then, trial_ends_at > now() as ahead
     from operation join tenant using (tenant_id) where operation.operation_id = $1 and trial_ends_at is not null`,
    [operationId],
  );
}

/** An invoice that a tenant has not paid, or has just paid. */
export interface UnpaidSince {
  invoiceId: string;
  since: Date;
  paid: boolean;
  /** When the plan suspends the tenant; null if it does not. */
  suspendsAt: Date | null;
}

/** The arrears of the tenant that an operation belongs to; undefined if it has none. */
export async function findArrears(db: Queryable, operationId: string): Promise<UnpaidSince | undefined> {
  return maybeOne<UnpaidSince>(
    db,
    `select invoice_id as "invoiceId", since, paid_at is not null as paid,
       since + make_interval(days => (tenant.template #>> '{billing,dunning,suspendAfterDays}')::int) as "suspendsAt"
     from operation join tenant using (tenant_id) join arrears using (tenant_id) where operation.operation_id = $1`,
    [operationId],
  );
}
