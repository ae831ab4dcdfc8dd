/** Values of a label: an enumeration, or what keeps their number small. A tenant, an operation, a person or a path with ids is never a label. */
export type LabelValues = readonly string[] | { bound: string };

/**
 * One metric, after the conventions of Prometheus (https://prometheus.io/docs/practices/naming/): base units in the name, `_total` for
 * counters.
 */
export interface Metric {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: Readonly<Record<string, LabelValues>>;
  /**
   * The processes that count it, each what it has seen itself. `registry`: the registry keeps it, and every API process shows the same
   * numbers, so that they are combined with `max` and never added up.
   */
  from: readonly ('api' | 'worker')[] | 'registry';
  /** Upper bounds of a histogram's buckets, ascending, without `+Inf`. */
  buckets?: readonly number[];
  /**
   * Series that have counted nothing are shown as 0. Without that, `rate` misses the first event of a series, as Prometheus has never seen
   * it without one. Only for metrics whose labels are all enumerations.
   */
  zeros?: true;
}

/** Stands for a value that is not in a label's enumeration, such as one of a newer version. */
export const OTHER = 'other';

/** Stands for the region of what has none yet, and for the step of a failure outside any step. */
export const NONE = 'none';
