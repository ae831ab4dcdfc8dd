import type { Command } from 'commander';
import type { components, operations } from '../../generated/api';
import { dataOf } from '../../src/index';
import { run } from '../context';
import { examples } from '../examples';
import type { Output } from '../output/output';

type Metrics = components['schemas']['ProvisioningMetrics'];
type Query = NonNullable<operations['getProvisioningMetrics']['parameters']['query']>;

/** `metrics`. */
export function addMetrics(program: Command): void {
  const metrics = program
    .command('metrics')
    .description('show numbers about operations: success, duration, failure points and bottlenecks')
    .option('--from <time>', 'requested at this time or later, ISO 8601; seven days ago by default')
    .option('--to <time>', 'requested before this time; now by default')
    .option('--group-by <what>', 'plan, region, template or day')
    .option('--kind <kind>', 'kind of the operations; provision by default')
    .option('--time-zone <zone>', 'in which days begin, such as Europe/Berlin; UTC by default')
    .addHelpText(
      'after',
      examples('tenants metrics --group-by plan', 'tenants metrics --from 2026-01-01T00:00:00Z --json'),
    );
  run<Query>(metrics, async ({ client, out }, _args, query) => {
    const numbers = await dataOf(client.api.GET('/v1/metrics/provisioning', { params: { query } }));
    out.result(numbers, () => metricsView(numbers, out));
  });
}

/** The numbers as tables. */
export function metricsView(
  { from, to, kind, groups }: Metrics,
  { table, time, paint }: Pick<Output, 'paint' | 'table' | 'time'>,
): string {
  const name = (key: string | null | undefined): string => key ?? 'all';
  const header = ['group', 'operations', 'running', 'succeeded', 'failed', 'success', 'median', '95 %'];
  const rows = groups.map(({ key, count, running, succeeded, failed, successRate, duration }) => [
    name(key),
    count,
    running,
    succeeded,
    failed.total,
    successRate === undefined ? '–' : `${(successRate * 100).toFixed(1)} %`,
    secondsText(duration?.p50Seconds),
    secondsText(duration?.p95Seconds),
  ]);
  const failures = groups.flatMap(({ key, failurePoints }) =>
    failurePoints.map(({ step, type, count, advice }) => [name(key), step, type, count, advice]),
  );
  const bottlenecks = groups.flatMap(({ key, bottlenecks: parts }) =>
    parts
      .slice(0, 3)
      .map(({ label, share, averageSeconds }) => [
        name(key),
        label,
        `${(share * 100).toFixed(0)} %`,
        secondsText(averageSeconds),
      ]),
  );
  return [
    paint.bold(`${kind}, requested from ${time(from)} to ${time(to)}`),
    groups.length === 0 ? 'There are no operations.' : table({ header, rows }),
    ...(failures.length === 0
      ? []
      : ['', table({ header: ['group', 'failed in', 'failure', 'times', 'advice'], rows: failures })]),
    ...(bottlenecks.length === 0
      ? []
      : ['', table({ header: ['group', 'bottleneck', 'share', 'average'], rows: bottlenecks })]),
  ].join('\n');
}

function secondsText(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(1)} s`;
}
