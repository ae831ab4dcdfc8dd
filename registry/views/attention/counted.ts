import type pg from 'pg';
import { MOST_COUNTED, MOST_NAMED } from '../../../contract/schemas/platform/attention-schema';
import type { Queryable } from '../../database';

/** Rows of a list that was counted, as far as they are named. */
export interface Counted<Row> {
  count: number;
  rows: Row[];
}

/** A list to count: SQL fragments, whose parameters are `values`. */
export interface CountedList {
  columns: string;
  from: string;
  where: string;
  /** The most urgent first. */
  orderBy: string;
  values?: unknown[];
}

/** Counts a list up to {@link MOST_COUNTED}, and reads its first {@link MOST_NAMED} rows. */
export async function readCounted<Row extends pg.QueryResultRow>(
  db: Queryable,
  { columns, from, where, orderBy, values = [] }: CountedList,
): Promise<Counted<Row>> {
  const { rows } = await db.query<Row>(
    `select ${columns} from ${from} where ${where} order by ${orderBy} limit ${MOST_NAMED}`,
    values,
  );
  if (rows.length < MOST_NAMED) return { count: rows.length, rows };
  const { rows: counted } = await db.query<{ count: number }>(
    `select count(*)::int as count from (select from ${from} where ${where} limit ${MOST_COUNTED}) as all_of_them`,
    values,
  );
  return { count: counted[0]!.count, rows };
}
