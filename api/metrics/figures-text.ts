import type pg from 'pg';
import { Registry, type Metric as PromMetric } from 'prom-client';
import {
  boundedLabels,
  everySeries,
  METRIC_NAMES,
  metricOf,
  type Labels,
  type MetricName,
} from '../../contract/metrics/catalogue';
import { emptySeries, type StoredSeries } from '../../registry/metrics/series';
import { FIGURES_SECONDS, readFigures, type RegistryFigures } from '../../registry/metrics/snapshot';

/** Gauges that are older than so many seconds are not shown: an old value would look like the present one. */
const OLDEST_SECONDS = 8 * FIGURES_SECONDS;

/** Milliseconds within which the registry must answer; Prometheus itself waits for 10 s. */
const ANSWER_MS = 3_000;

interface Sample {
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}

/**
 * The metrics that the registry keeps, in Prometheus’s text format. Empty while the registry does not answer, so that this process’s own
 * metrics can still be scraped.
 */
export async function figuresText(pool: pg.Pool): Promise<string> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, ANSWER_MS, undefined).unref());
  const figures = await Promise.race([readFigures(pool).catch(() => undefined), late]);
  return figures ? render(figures) : '';
}

/** The figures in Prometheus’s text format. */
export function render(figures: RegistryFigures): Promise<string> {
  const registry = new Registry();
  for (const name of METRIC_NAMES) {
    const { help, type, from } = metricOf(name);
    if (from !== 'registry') continue;
    const values = samplesOf(name, figures);
    if (values.length === 0) continue;
    // The library’s own classes count themselves and cannot be given a histogram’s buckets.
    registry.registerMetric({ name, get: async () => ({ name, help, type, values }) } as unknown as PromMetric);
  }
  return registry.metrics();
}

function samplesOf(name: MetricName, figures: RegistryFigures): Sample[] {
  const { type, buckets = [], zeros } = metricOf(name);
  if (name === 'provisioner_figures_timestamp_seconds')
    return figures.computedAt === null ? [] : [{ labels: {}, value: figures.computedAt.getTime() / 1000 }];
  const empty = zeros ? everySeries(name) : [];
  if (type === 'gauge') {
    if (figures.ageSeconds === null || figures.ageSeconds > OLDEST_SECONDS) return [];
    const known = figures.gauges
      .filter(({ metric }) => metric === name)
      .map(({ labels, value }) => ({ labels: boundedLabels(name, labels), value }));
    return withEmpty(known, empty, (labels) => ({ labels, value: 0 }));
  }
  const stored = figures.series
    .filter(({ metric }) => metric === name)
    .map((series) => ({ ...series, labels: boundedLabels(name, series.labels) }));
  const all = withEmpty(stored, empty, (labels) => emptySeries(name, labels, [...buckets]));
  return all.flatMap((series) =>
    type === 'counter' ? [{ labels: series.labels, value: series.total }] : histogramSamples(name, series),
  );
}

/** The known series, and an empty one for each combination of labels that has none. */
function withEmpty<S extends { labels: Labels }>(known: S[], every: Labels[], empty: (labels: Labels) => S): S[] {
  const has = new Set(known.map(({ labels }) => JSON.stringify(labels)));
  return [...known, ...every.filter((labels) => !has.has(JSON.stringify(labels))).map(empty)];
}

function histogramSamples(name: string, { labels, bounds, counts, total, sum }: StoredSeries): Sample[] {
  let below = 0;
  const buckets = bounds.map((bound, index) => {
    below += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: total },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
