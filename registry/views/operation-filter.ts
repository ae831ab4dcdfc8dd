import type pg from 'pg';
import type { Plan } from '../../contract/orders/order';
import type { OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES, type OperationStatus } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import type { Queryable } from '../database';
import { IS_UNDELIVERED } from '../operations/mails';
import { isBehind, type PageRequest } from '../pages';
import { HOLD_STANDS } from '../tenants/legal-holds';

/** Which operations to list. An absent condition matches everything. */
export interface OperationFilter extends PageRequest {
  /** Only what this caller ordered. */
  caller?: string | undefined;
  kind?: OperationKind | undefined;
  /** Only operations of this tenant. */
  tenantId?: string | undefined;
  /** Only operations that have not ended. */
  open?: boolean | undefined;
  /** Of a tenant: status of the operation that provisioned it. */
  status?: OperationStatus | undefined;
  plan?: Plan | undefined;
  region?: string | undefined;
  /** Prefix of the tenant's name. */
  name?: string | undefined;
  /** Hash of the organization's name, see {@link hashOrganization}. */
  organization?: Buffer | undefined;
  createdFrom?: Date | undefined;
  createdBefore?: Date | undefined;
  /** Only operations with mail that has not reached its recipient. */
  undelivered?: boolean | undefined;
}

/** Which tenants to list. */
export interface TenantFilter extends OperationFilter {
  state?: TenantState | undefined;
  /** Also tenants that are gone, where no state is given. */
  withGone?: boolean | undefined;
  /** Only tenants on which a legal hold stands. */
  legalHold?: boolean | undefined;
}

/** A list's rows: those of `table`, read from `from`, which joins what else the columns need. */
export interface ListedRows {
  table: 'operation' | 'tenant';
  from: string;
  columns: string;
}

/**
 * Reads a page of rows plus one more, newest first. The statement contains only the conditions that were given, so that the planner can
 * choose the best index.
 */
export async function listRows<Row extends pg.QueryResultRow>(
  db: Queryable,
  { table, from, columns }: ListedRows,
  filter: TenantFilter & { states?: readonly TenantState[] | undefined },
): Promise<Row[]> {
  const { after } = filter;
  const [time, id] = [`${table}.created_at`, `${table}.${table}_id`];
  const given: [sql: (parameter: string) => string, value: unknown][] = [
    [(value) => `${table}.caller = ${value}`, filter.caller],
    [(value) => `operation.kind = ${value}`, filter.kind],
    [(value) => `operation.tenant_id = ${value}`, filter.tenantId],
    [(value) => `operation.status = ${value}`, filter.status],
    [(value) => `tenant.state = ${value}`, filter.state],
    [(value) => `tenant.state = any(${value})`, filter.states],
    [(value) => `${table}.plan = ${value}`, filter.plan],
    [(value) => `${table}.region = ${value}`, filter.region],
    [
      (value) => `${table}.tenant_name like ${value}`,
      filter.name === undefined ? undefined : `${escapeLike(filter.name)}%`,
    ],
    [(value) => `${table}.organization_hash = ${value}`, filter.organization],
    [(value) => `${time} >= ${value}`, filter.createdFrom],
    [(value) => `${time} < ${value}`, filter.createdBefore],
  ];
  const asked = given.filter(([, value]) => value !== undefined);
  const conditions = [
    ...asked.map(([sql], index) => sql(`$${index + 3}`)),
    ...(filter.open ? [IS_OPEN] : []),
    ...(filter.undelivered ? [HAS_UNDELIVERED_MAIL] : []),
    ...(filter.legalHold ? [HAS_LEGAL_HOLD] : []),
    isBehind(time, id, 1, 2),
  ];
  const { rows } = await db.query<Row>(
    `select ${columns} from ${from} where ${conditions.join(' and ')}
     order by ${time} desc, ${id} desc limit ${Number(filter.limit) + 1}`,
    [after?.micros ?? null, after?.id ?? null, ...asked.map(([, value]) => value)],
  );
  return rows;
}

/** The statuses of operations that have ended, as SQL: in the text, so that the planner can use the indexes on open operations. */
export const ENDED = END_STATUSES.map((status) => `'${status}'`).join(', ');

/** SQL condition for the operations that have not ended. */
export const IS_OPEN = `operation.status not in (${ENDED})`;

const HAS_UNDELIVERED_MAIL = `exists (select from mail where mail.operation_id = operation.operation_id and ${IS_UNDELIVERED})`;

const HAS_LEGAL_HOLD = `exists (select from legal_hold where legal_hold.tenant_id = tenant.tenant_id and ${HOLD_STANDS})`;

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
