import type pg from 'pg';
import type { Queryable } from '../../registry/database';

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** How many rows of tables the server reads for the statements of `work`, which are run with their plans. */
export async function rowsRead(work: (db: Queryable) => Promise<unknown>, pool: pg.Pool): Promise<number> {
  let rows = 0;
  await work({
    query: async (sql, values) => {
      const explained = await pool.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `explain (analyze, format json) ${sql}`,
        values,
      );
      rows += rowsOf(explained.rows[0]!['QUERY PLAN'][0]!.Plan);
      return { rows: [], rowCount: 0 };
    },
  });
  return rows;
}

function rowsOf(node: PlanNode): number {
  const { 'Actual Rows': kept, 'Actual Loops': loops, 'Rows Removed by Filter': removed = 0, Plans = [] } = node;
  const own = node['Relation Name'] === undefined ? 0 : (kept + removed) * loops;
  return Plans.reduce((sum, each) => sum + rowsOf(each), own);
}

/** Tells `seen` the number of rows in the answer to each statement on a pool's new connections. */
export function watchAnswers(pool: pg.Pool, seen: (rows: number) => void): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const note = (result?: { rows?: unknown[] }): void => seen(result?.rows?.length ?? 0);
    client.query = ((...args: unknown[]) => {
      const done = args.at(-1);
      if (typeof done === 'function')
        return query(...args.slice(0, -1), (error: unknown, result?: { rows?: unknown[] }) => {
          note(result);
          (done as (error: unknown, result: unknown) => void)(error, result);
        });
      const answer = query(...args) as Promise<{ rows?: unknown[] }>;
      answer.then(note, () => {});
      return answer;
    }) as typeof client.query;
  });
}
