import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRIC_NAMES, metricOf } from '../contract/metrics/catalogue';
import type { LabelValues } from '../contract/metrics/metric';

const RULES = join(__dirname, '../monitoring/rules');

/** Longer enumerations stand in the catalogue. */
const MOST_VALUES = 6;

/** Header and rows of the metrics that a kind of process, or the registry, has. */
export function metricsTable(of: 'registry' | 'process'): [string[], string[][]] {
  const names = METRIC_NAMES.filter((name) => (metricOf(name).from === 'registry') === (of === 'registry'));
  return [
    ['metric', 'type', 'what it says', 'labels', ...(of === 'process' ? ['from'] : [])],
    names.map((name) => {
      const { type, help, labels, from } = metricOf(name);
      const shown = Object.entries(labels).map(([label, values]) => `\`${label}\`${valuesText(values)}`);
      return [`\`${name}\``, type, help, shown.join('; ') || '–', ...(from === 'registry' ? [] : [from.join(', ')])];
    }),
  ];
}

function valuesText(values: LabelValues): string {
  if ('bound' in values) return `: ${values.bound}`;
  return values.length > MOST_VALUES ? '' : `: ${values.join(' \u00b7 ')}`;
}

interface AlertRule {
  alert: string;
  labels: { severity: string };
  annotations: { summary: string };
}

/** Header and rows of all alerts. */
export function alertsTable(): [string[], string[][]] {
  const rules = readdirSync(RULES).flatMap((file) => {
    const { groups } = parse(readFileSync(join(RULES, file), 'utf8')) as {
      groups: { rules: (AlertRule | { record: string })[] }[];
    };
    return groups.flatMap((group) => group.rules.filter((rule): rule is AlertRule => 'alert' in rule));
  });
  return [
    ['alert', 'severity', 'what has happened'],
    rules.map(({ alert, labels, annotations }) => [
      `[${alert}](operating.md#${alert.toLowerCase()})`,
      labels.severity,
      annotations.summary.replace(/\{\{ \$labels\.(\w+) \}\}/g, '_$1_'),
    ]),
  ];
}
