import { METRIC_NAMES, metricOf, type MetricName } from '../../../contract/metrics/catalogue';

/** Labels that Prometheus adds, or that a histogram has. */
const ADDED = ['job', 'instance', 'le'];

/** The metric of a series' name, which may end with what a histogram adds; undefined if the catalogue has none. */
export function metricNamed(series: string): MetricName | undefined {
  const histogram = /^(.*)_(?:bucket|sum|count)$/.exec(series)?.[1];
  return METRIC_NAMES.find((name) => (metricOf(name).type === 'histogram' ? name === histogram : name === series));
}

/** The metrics that an expression names. */
export function metricsIn(expression: string): MetricName[] {
  return seriesIn(expression).flatMap(({ series }) => metricNamed(series) ?? []);
}

/** What an expression asks for and the catalogue does not have: metrics, their labels, and values of enumerations. */
export function notInCatalogue(expression: string): string[] {
  const known = new Set(ADDED);
  const problems = seriesIn(expression).flatMap(({ series, matchers }) => {
    const name = metricNamed(series);
    if (!name) return [series];
    const { labels } = metricOf(name);
    for (const label of Object.keys(labels)) known.add(label);
    return [...matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].flatMap(([, label = '', operator = '', text = '']) => {
      if (ADDED.includes(label)) return [];
      const values = labels[label];
      if (values === undefined) return [`${series}: label ${label}`];
      if ('bound' in values) return [];
      const asked = operator.includes('~') ? text.split('|') : [text];
      return asked.filter((value) => !values.includes(value)).map((value) => `${series}: ${label}="${value}"`);
    });
  });
  // Recorded figures keep labels of what they are made of.
  if (/\bprovisioner:/.test(expression)) return problems;
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  return [...problems, ...grouped.filter((label) => !known.has(label)).map((label) => `by (${label})`)];
}

function seriesIn(expression: string): { series: string; matchers: string }[] {
  return [...expression.matchAll(/\b(provisioner_\w+)(?:\{([^}]*)\})?/g)].map(([, series = '', matchers = '']) => ({
    series,
    matchers,
  }));
}
