import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRIC_NAMES, metricOf } from '../../contract/metrics/catalogue';
import { GRAFANA_DASHBOARD, grafanaDashboard } from '../../scripts/dashboards/grafana';
import { PERSES_DASHBOARD, persesDashboard } from '../../scripts/dashboards/perses';
import { ROWS } from '../../scripts/dashboards/rows';
import { metricsIn, notInCatalogue } from '../helpers/monitoring/expressions';
import { ALERTS, MONITORING, RECORDINGS } from '../helpers/monitoring/rules';

const ROOT = join(MONITORING, '..');
const QUERIES = Object.values(ROWS).flatMap((row) =>
  row.flatMap(({ lines }) => lines.map(([expression]) => expression)),
);
const EXPRESSIONS = [...ALERTS.map(({ expr }) => expr), ...RECORDINGS.map(({ expr }) => expr), ...QUERIES];

test('rules and dashboard name only metrics, labels and values of the catalogue', () => {
  expect(EXPRESSIONS.length).toBeGreaterThan(60);
  expect(EXPRESSIONS.flatMap(notInCatalogue)).toEqual([]);
});

test.each([
  ['provisioner_operatoins > 0', ['provisioner_operatoins']],
  ['provisioner_operations_count', ['provisioner_operations_count']],
  ['provisioner_operations{state="on_hold"}', ['provisioner_operations: label state']],
  ['provisioner_operations{status=~"on_hold|done"}', ['provisioner_operations: status="done"']],
  ['max by (kind, plan) (provisioner_operations)', ['by (plan)']],
])('%s would be noticed', (expression, problems) => expect(notInCatalogue(expression)).toEqual(problems));

test('rules and dashboard name only figures that are recorded', () => {
  const recorded = RECORDINGS.map(({ record }) => record);
  const named = EXPRESSIONS.flatMap((expression) => expression.match(/\bprovisioner:[\w:]+/g) ?? []);
  expect([...new Set(named)].filter((name) => !recorded.includes(name))).toEqual([]);
  expect(recorded.filter((name) => !named.includes(name))).toEqual([]);
});

/** Figures of the registry that are not combined with `max` before anything else. */
function notCombined(expression: string): string[] {
  const flat = expression.replace(/\s+/g, ' ');
  return [...flat.matchAll(/\bprovisioner_\w+/g)].flatMap(({ 0: series, index }) => {
    const [name] = metricsIn(series);
    if (name === undefined || metricOf(name).from !== 'registry') return [];
    return /\b(?:max(?: by \([^)]*\))? ?\((?:(?:rate|increase)\()?|absent\()$/.test(flat.slice(0, index))
      ? []
      : [series];
  });
}

test('figures of the registry are combined with max before anything else, so that replicas do not count twice', () => {
  expect(EXPRESSIONS.flatMap(notCombined)).toEqual([]);
  expect(notCombined('sum(rate(provisioner_operations_ended_total[5m]))')).toEqual([
    'provisioner_operations_ended_total',
  ]);
  expect(notCombined('sum by (kind) (provisioner_operations)')).toEqual(['provisioner_operations']);
});

test('the dashboard draws every metric', () => {
  const recorded = new Map(RECORDINGS.map(({ record, expr }) => [record, expr]));
  const drawn = QUERIES.flatMap((query) => [
    ...metricsIn(query),
    ...(query.match(/\bprovisioner:[\w:]+/g) ?? []).flatMap((name) => metricsIn(recorded.get(name) ?? '')),
  ]);
  expect(METRIC_NAMES.filter((name) => !drawn.includes(name))).toEqual([]);
});

test('the dashboards’ files agree with the code (npm run docs updates them)', () => {
  expect(readFileSync(join(ROOT, GRAFANA_DASHBOARD), 'utf8')).toBe(grafanaDashboard());
  expect(readFileSync(join(ROOT, PERSES_DASHBOARD), 'utf8')).toBe(persesDashboard());
});

test('every alert has an entry that says what to do', () => {
  const operating = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
  for (const { alert, labels, annotations } of ALERTS) {
    expect(operating).toContain(`\n### ${alert}\n\n`);
    expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`);
    expect(['page', 'ticket']).toContain(labels.severity);
  }
});

test('alerts ask for the jobs that Prometheus scrapes, and Alertmanager knows every alert that it names', () => {
  const read = <T>(file: string): T => parse(readFileSync(join(MONITORING, file), 'utf8')) as T;
  const { scrape_configs: jobs } = read<{ scrape_configs: { job_name: string }[] }>('prometheus.yml');
  const asked = ALERTS.flatMap(({ expr }) => [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
  expect([...new Set(asked)].sort()).toEqual(jobs.map(({ job_name }) => job_name).sort());
  const text = readFileSync(join(MONITORING, 'alertmanager.yml'), 'utf8');
  const named = [...text.matchAll(/\bProvisioner[A-Za-z.*]+/g)].map(([name]) => new RegExp(`^${name}$`));
  expect(named.length).toBeGreaterThan(5);
  for (const pattern of named) expect(ALERTS.some(({ alert }) => pattern.test(alert))).toBe(true);
  expect(existsSync(join(MONITORING, 'rules'))).toBe(true);
});
