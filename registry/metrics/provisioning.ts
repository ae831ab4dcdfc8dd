import type { OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES, SUCCESS_STATUSES } from '../../contract/operations/states';
import type { Queryable } from '../database';
import { PATH_PARTS } from './critical-path';

/** What operations can be grouped by. */
export const GROUPINGS = ['plan', 'region', 'template', 'day'] as const;

/** One of {@link GROUPINGS}. */
export type Grouping = (typeof GROUPINGS)[number];

/** Which operations are counted. */
export interface MetricsFilter {
  kind: OperationKind;
  /** Operations that were requested at this time or later. */
  from: Date;
  /** Operations that were requested before this time. */
  to: Date;
  /** Without it, all operations are one group. */
  groupBy?: Grouping | undefined;
  /** IANA time zone in which days begin. */
  timeZone: string;
  /** Only what this caller requested. */
  caller?: string | undefined;
}

/** How long operations were in a status, over those that were in it. */
export interface WaitNumbers {
  operations: number;
  average: number | null;
  p95: number | null;
}

/** The numbers of a group; times are in seconds. */
export interface GroupNumbers {
  /** Null: operations whose region is not chosen yet. */
  key: string | null;
  /** Operations that have not ended. */
  running: number;
  succeeded: number;
  failed: number;
  rejected: number;
  cancelled: number;
  /** Of the operations that succeeded, from request to end; null if none did. */
  average: number | null;
  p50: number | null;
  p95: number | null;
  approval: WaitNumbers;
  hold: WaitNumbers;
  compensation: WaitNumbers;
  attempts: number;
  retries: number;
  retrySeconds: number;
}

/** Operations of a group that ended alike. */
export interface Pattern {
  key: string | null;
  count: number;
  failureStep: string | null;
  failureType: string | null;
  /** Steps on the critical path, separated by spaces; empty unless the operations succeeded. */
  path: string;
  /** Sum of the seconds of each step of the path. */
  pathSeconds: (number | null)[];
  /** What each made: provider/kind, separated by spaces. */
  resources: string;
}

/** Every step, and the waiting. */
const LONGEST_PATH = PATH_PARTS.length;

/** SQL of a group's key, which is never null, in a row of `operation` or `operation_figures`. */
function keySql(groupBy: Grouping | undefined, table: 'operation' | 'operation_figures'): string {
  switch (groupBy) {
    case 'plan':
      return 'plan';
    case 'region':
      return `coalesce(region, '')`;
    case 'template':
      return table === 'operation' ? TEMPLATE_SQL : 'template';
    case 'day':
      return '(created_at at time zone $4)::date';
    case undefined:
      return `''::text`;
  }
}

/** SQL of a template's id and version, in a row of `operation`. */
export const TEMPLATE_SQL = `concat_ws(' ', template ->> 'templateId', template ->> 'version')`;

/** SQL condition of a filter, and its values. The time zone is always among them, so it is always mentioned. */
function asked({ kind, from, to, timeZone, caller }: MetricsFilter): { sql: string; values: unknown[] } {
  const sql = `kind = $1 and created_at >= $2 and created_at < $3 and $4::text is not null`;
  const values = [kind, from, to, timeZone];
  return caller === undefined ? { sql, values } : { sql: `${sql} and caller = $5`, values: [...values, caller] };
}

/** The numbers of each group, by key. Operations that have ended count once their figures are recorded. */
export async function readGroups(db: Queryable, filter: MetricsFilter): Promise<GroupNumbers[]> {
  const { groupBy } = filter;
  const { sql, values } = asked(filter);
  const wait = (name: string): string =>
    `json_build_object('operations', count(${name}_seconds), 'average', avg(${name}_seconds),
       'p95', percentile_cont(0.95) within group (order by ${name}_seconds)) as ${name}`;
  const statuses = `$${values.length + 1}::text[]`;
  const successes = `$${values.length + 2}::text[]`;
  const { rows } = await db.query<Omit<GroupNumbers, 'p50' | 'p95'> & { percentiles: (number | null)[] | null }>(
    `with ended as (
       select ${keySql(groupBy, 'operation_figures')} as key, count(*) filter (where status = any(${successes})) as succeeded,
         count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'rejected') as rejected,
         count(*) filter (where status = 'cancelled') as cancelled, avg(seconds) filter (where status = any(${successes})) as average,
         percentile_cont(array[0.5, 0.95]) within group (order by case when status = any(${successes}) then seconds end) as percentiles,
         ${wait('approval')}, ${wait('hold')}, ${wait('compensation')},
         sum(attempts) as attempts, sum(retries) as retries, sum(retry_seconds) as retry_seconds
       from operation_figures where ${sql} group by 1),
     open as (
       select ${keySql(groupBy, 'operation')} as key, count(*) as running from operation where ${sql} and status <> all(${statuses}) group by 1)
     select nullif(key::text, '') as key, coalesce(running, 0)::int as running, coalesce(succeeded, 0)::int as succeeded,
       coalesce(failed, 0)::int as failed, coalesce(rejected, 0)::int as rejected, coalesce(cancelled, 0)::int as cancelled,
       average, percentiles, approval, hold, compensation, coalesce(attempts, 0)::int as attempts, coalesce(retries, 0)::int as retries,
       coalesce(retry_seconds, 0)::float8 as "retrySeconds"
     from ended full join open using (key) order by 1`,
    [...values, END_STATUSES, SUCCESS_STATUSES],
  );
  return rows.map(({ percentiles, approval, hold, compensation, ...row }) => ({
    ...row,
    p50: percentiles?.[0] ?? null,
    p95: percentiles?.[1] ?? null,
    // Null in a group in which no operation has ended.
    approval: approval ?? NO_WAIT,
    hold: hold ?? NO_WAIT,
    compensation: compensation ?? NO_WAIT,
  }));
}

const NO_WAIT: WaitNumbers = { operations: 0, average: null, p95: null };

/** The operations of each group that have ended, put together where they failed alike, or took the same path and made the same resources. */
export async function readPatterns(db: Queryable, filter: MetricsFilter): Promise<Pattern[]> {
  const { sql, values } = asked(filter);
  const sums = Array.from({ length: LONGEST_PATH }, (_, index) => `sum(path_seconds[${index + 1}])`);
  const { rows } = await db.query<Pattern>(
    `select nullif(key::text, '') as key, count(*)::int as count, failure_step as "failureStep", failure_type as "failureType",
       path, array[${sums.join(', ')}] as "pathSeconds", resources
     from (select ${keySql(filter.groupBy, 'operation_figures')} as key, failure_step, failure_type, path, path_seconds, resources
       from operation_figures where ${sql}) asked
     group by asked.key, failure_step, failure_type, path, resources`,
    values,
  );
  return rows;
}
