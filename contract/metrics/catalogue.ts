import { OTHER, type LabelValues, type Metric } from './metric';
import { OPERATION_METRICS } from './operations';
import { PLATFORM_METRICS } from './platform';
import { WEBHOOK_METRICS } from './webhooks';

/** Every metric of the product. API and worker register from here; the documents, alert rules and dashboards are checked against it. */
export const METRICS = { ...OPERATION_METRICS, ...PLATFORM_METRICS, ...WEBHOOK_METRICS };

/** A name from {@link METRICS}. */
export type MetricName = keyof typeof METRICS;

/** Every name of {@link METRICS}. */
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

/** A metric in its general form. */
export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}

type ValueOf<V> = V extends readonly (infer Value extends string)[] ? Value : string;

/** The labels of a metric with their possible values. */
export type LabelsOf<Name extends MetricName> = {
  [Label in keyof (typeof METRICS)[Name]['labels']]: ValueOf<(typeof METRICS)[Name]['labels'][Label]>;
};

/** The names of the metrics of one type and origin. */
export type NamesOf<Type extends Metric['type'], From extends 'registry' | 'process'> = {
  [Name in MetricName]: (typeof METRICS)[Name] extends { type: Type; from: infer Origin }
    ? Origin extends 'registry'
      ? From extends 'registry'
        ? Name
        : never
      : From extends 'process'
        ? Name
        : never
    : never;
}[MetricName];

/** One series: the labels of a metric. */
export type Labels = Record<string, string>;

/** The labels in the catalogue's order, with {@link OTHER} for values that an enumeration does not have, such as those of a newer version. */
export function boundedLabels(name: MetricName, given: Labels): Labels {
  const entries = Object.entries<LabelValues>(metricOf(name).labels);
  return Object.fromEntries(
    entries.map(([label, values]) => {
      const value = given[label] ?? OTHER;
      return [label, Array.isArray(values) && !values.includes(value) ? OTHER : value];
    }),
  );
}

/** Every combination of the labels of a metric; only for one with `zeros`. */
export function everySeries(name: MetricName): Labels[] {
  return Object.entries<LabelValues>(metricOf(name).labels).reduce<Labels[]>(
    (series, [label, values]) => {
      if (!Array.isArray(values))
        throw new Error(`${name} has \`zeros\`, but the values of ${label} are not enumerated.`);
      return series.flatMap((labels) => (values as readonly string[]).map((value) => ({ ...labels, [label]: value })));
    },
    [{}],
  );
}
