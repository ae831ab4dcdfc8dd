import type pg from 'pg';
import type { Plan } from '../contract/order';
import type { OperationStatus } from '../contract/states';
import type { Queryable } from './database';
import { IS_UNDELIVERED } from './mails';
import { isBehind, type PageRequest } from './pages';

/** Which operations, or the tenants they made, are listed. Conditions that are absent hold for all. */
export interface OperationFilter extends PageRequest {
  /** Only those this caller ordered. */
  caller?: string | undefined;
  status?: OperationStatus | undefined;
  plan?: Plan | undefined;
  region?: string | undefined;
  /** What the tenant's name begins with. */
  name?: string | undefined;
  /** Of the organization's name: {@link hashOrganization}. */
  organization?: Buffer | undefined;
  createdFrom?: Date | undefined;
  createdBefore?: Date | undefined;
  /** Only those with mail that has not reached the person who waits for it. */
  undelivered?: boolean | undefined;
}

/**
 * A page of rows of `operation` and one more, newest first. Only the conditions that were given are in the statement, so that the planner can
 * choose the index. `also` is SQL without parameters.
 */
export async function listRows<Row extends pg.QueryResultRow>(
  db: Queryable,
  columns: string,
  idColumn: 'operation_id' | 'tenant_id',
  filter: OperationFilter,
  also: string[] = [],
): Promise<Row[]> {
  const { after } = filter;
  const given: [sql: (parameter: string) => string, value: unknown][] = [
    [(value) => `caller = ${value}`, filter.caller],
    [(value) => `status = ${value}`, filter.status],
    [(value) => `plan = ${value}`, filter.plan],
    [(value) => `region = ${value}`, filter.region],
    [(value) => `tenant_name like ${value}`, filter.name === undefined ? undefined : `${escapeLike(filter.name)}%`],
    [(value) => `organization_hash = ${value}`, filter.organization],
    [(value) => `created_at >= ${value}`, filter.createdFrom],
    [(value) => `created_at < ${value}`, filter.createdBefore],
  ];
  const asked = given.filter(([, value]) => value !== undefined);
  const conditions = [
    ...asked.map(([sql], index) => sql(`$${index + 3}`)),
    ...(filter.undelivered ? [HAS_UNDELIVERED_MAIL] : []),
    ...also,
    isBehind('created_at', idColumn, 1, 2),
  ];
  const { rows } = await db.query<Row>(
    `select ${columns} from operation where ${conditions.join(' and ')}
     order by created_at desc, ${idColumn} desc limit ${Number(filter.limit) + 1}`,
    [after?.micros ?? null, after?.id ?? null, ...asked.map(([, value]) => value)],
  );
  return rows;
}

const HAS_UNDELIVERED_MAIL = `exists (select from mail where mail.operation_id = operation.operation_id and ${IS_UNDELIVERED})`;

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
