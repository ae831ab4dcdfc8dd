import type pg from 'pg';
import {
  boundedLabels,
  metricOf,
  type Labels,
  type LabelsOf,
  type MetricName,
  type NamesOf,
} from '../../contract/metrics/catalogue';
import type { Queryable } from '../database';

/** Names of the metrics that are summed up in the registry. */
type CountedName = NamesOf<'counter' | 'histogram', 'registry'>;

/** Something that a counter counts as one, or a value that a histogram takes. */
export type Observation = {
  [Name in CountedName]: { metric: Name; labels: LabelsOf<Name>; value?: number };
}[CountedName];

/** One series as it is stored. */
export interface StoredSeries {
  metric: string;
  labels: Labels;
  total: number;
  sum: number;
  bounds: number[];
  /** The values in each bucket alone. */
  counts: number[];
}

/**
 * Adds observations to their series. Series whose buckets had other bounds in an earlier version begin again, which Prometheus takes for a
 * restart.
 */
export async function addObservations(client: pg.ClientBase, observations: readonly Observation[]): Promise<void> {
  if (observations.length === 0) return;
  await client.query(
    `insert into metric_series as stored (metric, labels, total, sum, bounds, counts)
     select metric, labels, total, sum, bounds, counts from jsonb_to_recordset($1) as added
       (metric text, labels jsonb, total float8, sum float8, bounds float8[], counts bigint[])
     order by metric, labels
     on conflict (metric, labels) do update set bounds = excluded.bounds,
       total = case when stored.bounds = excluded.bounds then stored.total else 0 end + excluded.total,
       sum = case when stored.bounds = excluded.bounds then stored.sum else 0 end + excluded.sum,
       counts = case when stored.bounds <> excluded.bounds then excluded.counts else array(
         select one + other from unnest(stored.counts, excluded.counts) with ordinality as bucket (one, other, place) order by place) end`,
    [JSON.stringify(summedUp(observations))],
  );
}

/** The observations as series, one for each combination of labels. */
export function summedUp(observations: readonly Observation[]): StoredSeries[] {
  const series = new Map<string, StoredSeries>();
  for (const { metric, labels: given, value = 0 } of observations) {
    const labels = boundedLabels(metric, given);
    const key = JSON.stringify([metric, labels]);
    const bounds = [...(metricOf(metric).buckets ?? [])];
    const own = series.get(key) ?? emptySeries(metric, labels, bounds);
    series.set(key, own);
    own.total += 1;
    own.sum += value;
    if (bounds.length > 0) own.counts[bucketOf(bounds, value)]! += 1;
  }
  return [...series.values()];
}

/** A series that has counted nothing. */
export function emptySeries(metric: MetricName, labels: Labels, bounds: number[]): StoredSeries {
  const counts = bounds.length === 0 ? [] : Array.from({ length: bounds.length + 1 }, () => 0);
  return { metric, labels, total: 0, sum: 0, bounds, counts };
}

function bucketOf(bounds: readonly number[], value: number): number {
  const found = bounds.findIndex((bound) => value <= bound);
  return found === -1 ? bounds.length : found;
}

/** Every stored series. */
export async function readSeries(db: Queryable): Promise<StoredSeries[]> {
  const { rows } = await db.query<Omit<StoredSeries, 'counts'> & { counts: string[] }>(
    `select metric, labels, total, sum, bounds, counts from metric_series order by metric, labels`,
  );
  return rows.map((row) => ({ ...row, counts: row.counts.map(Number) }));
}
