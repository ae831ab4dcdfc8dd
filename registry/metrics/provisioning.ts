import type pg from 'pg';
import { rulesOf, type OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES, SUCCESS_STATUSES, type OperationStatus } from '../../contract/operations/states';
import { transaction, type Queryable } from '../database';

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

/** How long operations were in a status, over those that were in it: how many, and the sum of their seconds. */
export interface WaitSum {
  operations: number;
  seconds: number;
}

/** Operations of a group that ended with the same status and of one {@link Pattern}, added up; times are in seconds. */
export interface Alike {
  /** Key of the group; empty for operations whose region is not chosen yet, and without grouping. */
  key: string;
  status: OperationStatus;
  /** Number of their {@link Pattern}. */
  pattern: string;
  count: number;
  /** From request to end. */
  seconds: number;
  approval: WaitSum;
  hold: WaitSum;
  compensation: WaitSum;
  attempts: number;
  retries: number;
  retrySeconds: number;
  /** Sum of the seconds of each step of the pattern's path. */
  pathSeconds: (number | null)[];
}

/** What operations have in common that ended alike. */
export interface Pattern {
  pattern: string;
  failureStep: string | null;
  failureType: string | null;
  /** Steps on the critical path, separated by spaces; empty unless the operations succeeded. */
  path: string;
  /** What each made: provider/kind, separated by spaces. */
  resources: string;
}

/** Percentiles of the operations of a group in seconds; null where there is none. */
export interface Percentiles {
  key: string;
  /** Of the operations that succeeded, from request to end. */
  p50: number | null;
  p95: number | null;
  approval: number | null;
  hold: number | null;
  compensation: number | null;
}

/** Number of operations of a group that have not ended. */
export interface Running {
  key: string;
  running: number;
}

/** SQL of a template's id and version, in a row of `operation`. */
export const TEMPLATE_SQL = `concat_ws(' ', template ->> 'templateId', template ->> 'version')`;

/** The statuses stand in the text, so that the planner knows their share. */
const SUCCESSES = `status in (${SUCCESS_STATUSES.map((status) => `'${status}'`).join(', ')})`;

/** Operations that have ended count once their figures are recorded. Patterns are those of {@link Alike}. */
export async function readAlike(
  pool: pg.Pool,
  filter: MetricsFilter,
): Promise<{ alike: Alike[]; patterns: Pattern[] }> {
  const waited = (name: string): string =>
    `json_build_object('operations', count(${name}_seconds), 'seconds', coalesce(sum(${name}_seconds), 0)) as ${name}`;
  // No path is longer than the steps of the kind and the waiting.
  const longest = Object.keys(rulesOf(filter.kind).steps).length + 1;
  const path = Array.from({ length: longest }, (_, index) => `sum(path_seconds[${index + 1}])`);
  const { sql, values } = grouped(
    filter,
    `count(*)::int as count, sum(seconds) as seconds, ${waited('approval')}, ${waited('hold')}, ${waited('compensation')},
     sum(attempts)::int as attempts, sum(retries)::int as retries, sum(retry_seconds) as "retrySeconds", array[${path.join(', ')}] as "pathSeconds"`,
    ['status', 'pattern'],
  );
  return adding(pool, async (client) => {
    const { rows: alike } = await client.query<Alike>(sql, values);
    const { rows: patterns } = await client.query<Pattern>(
      `select known.* from unnest($1::bigint[]) as asked (pattern) cross join lateral (
         select pattern, failure_step as "failureStep", failure_type as "failureType", path, resources
         from operation_figures where operation_figures.pattern = asked.pattern limit 1) as known`,
      [[...new Set(alike.map(({ pattern }) => pattern))]],
    );
    return { alike, patterns };
  });
}

/** The percentiles of each group whose operations have figures. */
export async function readPercentiles(pool: pg.Pool, filter: MetricsFilter): Promise<Percentiles[]> {
  const p95 = (name: string): string => `percentile_cont(0.95) within group (order by ${name}_seconds) as ${name}`;
  const { sql, values } = grouped(
    filter,
    `percentile_cont(array[0.5, 0.95]) within group (order by seconds) filter (where ${SUCCESSES}) as durations,
     ${p95('approval')}, ${p95('hold')}, ${p95('compensation')}`,
    [],
  );
  const { rows } = await adding(pool, (client) =>
    client.query<Omit<Percentiles, 'p50' | 'p95'> & { durations: number[] | null }>(sql, values),
  );
  return rows.map(({ durations, ...row }) => ({ ...row, p50: durations?.[0] ?? null, p95: durations?.[1] ?? null }));
}

/** The number of open operations of each group that has any. */
export async function readRunning(
  db: Queryable,
  { kind, from, to, groupBy, timeZone, caller }: MetricsFilter,
): Promise<Running[]> {
  const { rows } = await db.query<Running>(
    `select ${keySql(groupBy, 'operation')} as key, count(*)::int as running from operation
     where kind = $1 and created_at >= $2 and created_at < $3 and $4::text is not null and ($5::text is null or caller = $5)
       and status <> all($6) group by 1`,
    [kind, from, to, timeZone, caller ?? null, END_STATUSES],
  );
  return rows;
}

/** SQL of a group's key, which is never null, in a row of `operation` or `operation_figures`. The "C" collation is the fastest to sort by. */
function keySql(groupBy: Grouping | undefined, table: 'operation' | 'operation_figures'): string {
  switch (groupBy) {
    case 'plan':
      return 'plan collate "C"';
    case 'region':
      return `coalesce(region, '') collate "C"`;
    case 'template':
      return table === 'operation' ? TEMPLATE_SQL : 'template collate "C"';
    case 'day':
      return '(created_at at time zone $4)::date::text';
    case undefined:
      return `''`;
  }
}

/**
 * SQL that adds up the figures of each group, and its values. Days are read one by one from the index on kind and time: that neither finds out
 * the day of each operation nor sorts operations by it.
 */
function grouped(
  { kind, from, to, groupBy, timeZone, caller }: MetricsFilter,
  added: string,
  alsoBy: readonly string[],
): { sql: string; values: unknown[] } {
  const figures = (begin: string, end: string, keys: readonly string[]): string =>
    `select ${[...keys, added].join(', ')} from operation_figures
     where kind = $1 and created_at >= ${begin} and created_at < ${end} and ($4::text is null or caller = $4)
     ${keys.length === 0 ? '' : `group by ${keys.map((_, index) => index + 1).join(', ')}`}`;
  const values = [kind, from, to, caller ?? null];
  if (groupBy !== 'day')
    return { sql: figures('$2', '$3', [`${keySql(groupBy, 'operation_figures')} as key`, ...alsoBy]), values };
  return {
    sql: `select day::date::text as key, figures.*
      from generate_series(date_trunc('day', $2::timestamptz at time zone $5), $3::timestamptz at time zone $5, interval '1 day') as day
      cross join lateral (${figures(
        `greatest($2, day at time zone $5)`,
        `least($3, (day + interval '1 day') at time zone $5)`,
        alsoBy,
      )}) as figures`,
    values: [...values, timeZone],
  };
}

/**
 * Runs statements that add up many rows: sorted in memory, and not compiled, which takes longer than what it saves here.
 */
function adding<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return transaction(pool, async (client) => {
    await client.query(`select set_config('work_mem', '16MB', true), set_config('jit', 'off', true)`);
    return work(client);
  });
}
