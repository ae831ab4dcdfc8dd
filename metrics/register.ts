import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  boundedLabels,
  everySeries,
  METRIC_NAMES,
  metricOf,
  type Labels,
  type LabelsOf,
  type MetricName,
  type NamesOf,
} from '../contract/metrics/catalogue';
import { OTHER, type LabelValues } from '../contract/metrics/metric';

/** Different values that a label without an enumeration may have in one process. The others count together as {@link OTHER}. */
const MOST_VALUES = 300;

/** The metrics that a process counts itself. */
export interface ProcessMetrics {
  registry: Registry;
  /** Counts one. */
  count<Name extends NamesOf<'counter', 'process'>>(name: Name, labels: LabelsOf<Name>): void;
  /** Adds a value, in seconds, to a histogram. */
  observe<Name extends NamesOf<'histogram', 'process'>>(name: Name, labels: LabelsOf<Name>, value: number): void;
  set<Name extends NamesOf<'gauge', 'process'>>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Has a gauge's value taken at each scrape. */
  collect<Name extends NamesOf<'gauge', 'process'>>(name: Name, read: () => [LabelsOf<Name>, number][]): void;
}

/** Registers the metrics of the catalogue that this kind of process counts. Those of other processes are not there. */
export function registerMetrics(process: 'api' | 'worker'): ProcessMetrics {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const reads = new Map<string, () => [Labels, number][]>();
  for (const name of METRIC_NAMES) {
    const { type, help, labels, from, buckets = [], zeros } = metricOf(name);
    if (from === 'registry' || !from.includes(process)) continue;
    const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
    if (type === 'counter') counters.set(name, new Counter(common));
    else if (type === 'histogram') histograms.set(name, new Histogram({ ...common, buckets: [...buckets] }));
    else
      gauges.set(
        name,
        new Gauge({
          ...common,
          collect() {
            for (const [given, value] of reads.get(name)?.() ?? []) this.set(boundedLabels(name, given), value);
          },
        }),
      );
    if (!zeros) continue;
    for (const series of everySeries(name)) {
      counters.get(name)?.inc(series, 0);
      histograms.get(name)?.zero(series);
    }
  }
  const capped = createCap();
  const shown = (name: MetricName, given: Labels): Labels => capped(name, boundedLabels(name, given));
  return {
    registry,
    count: (name, labels) => registered(counters, name).inc(shown(name, labels)),
    observe: (name, labels, value) => registered(histograms, name).observe(shown(name, labels), value),
    set: (name, labels, value) => registered(gauges, name).set(shown(name, labels), value),
    collect: (name, read) => {
      registered(gauges, name);
      reads.set(name, read);
    },
  };
}

function registered<M>(metrics: Map<string, M>, name: string): M {
  const metric = metrics.get(name);
  if (!metric) throw new Error(`${name} is not a metric of this process. See its \`from\` in the catalogue.`);
  return metric;
}

/** Bounds the values of labels without an enumeration, in case a name that should have had placeholders has ids. */
function createCap(): (name: MetricName, labels: Labels) => Labels {
  const seen = new Map<string, Set<string>>();
  return (name, labels) => {
    const values = metricOf(name).labels;
    return Object.fromEntries(
      Object.entries(labels).map(([label, value]) => [
        label,
        isOpen(values[label]) ? known(`${name} ${label}`, value) : value,
      ]),
    );
  };
  function known(key: string, value: string): string {
    const own = seen.get(key) ?? new Set();
    seen.set(key, own);
    if (own.has(value)) return value;
    if (own.size >= MOST_VALUES) return OTHER;
    own.add(value);
    return value;
  }
}

function isOpen(values: LabelValues | undefined): boolean {
  return values !== undefined && 'bound' in values;
}
