import type pg from 'pg';
import { FAILURE_GUIDE } from '../../contract/operations/failure-guide';
import { isFailureType } from '../../contract/operations/failures';
import { rulesOf, type OperationKind } from '../../contract/operations/kinds';
import type { ProvisioningMetrics } from '../../contract/schemas/provisioning-metrics-schema';
import { groupBy } from '../group-by';
import { PATH_PARTS, WAITING, type PathPart } from './critical-path';
import { groupsOf, type AlikeOperations, type GroupNumbers, type WaitNumbers } from './groups';
import { readAlike, readPercentiles, readRunning, type MetricsFilter } from './provisioning';

type Group = ProvisioningMetrics['groups'][number];

/** Failure points shown for a group. */
const SHOWN = 5;

/** Numbers about the operations that were requested in a period. */
export async function readProvisioningMetrics(pool: pg.Pool, filter: MetricsFilter): Promise<ProvisioningMetrics> {
  const [ended, [percentiles, running]] = await Promise.all([
    readAlike(pool, filter),
    // One after the other, so that a request takes two connections.
    readPercentiles(pool, filter).then(async (read) => [read, await readRunning(pool, filter)] as const),
  ]);
  const groups = groupsOf({ ...ended, percentiles, running });
  const { kind, from, to, timeZone } = filter;
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    timeZone,
    kind,
    groups: groups.map((numbers) => ({
      ...(filter.groupBy === undefined ? {} : { key: numbers.key }),
      ...viewGroup(kind, numbers),
    })),
  };
}

/** A group as the API shows it. */
function viewGroup(kind: OperationKind, numbers: GroupNumbers): Group {
  const { running, succeeded, failed, rejected, cancelled, average, p50, p95, patterns } = numbers;
  const total = failed + rejected + cancelled;
  const ended = succeeded + total;
  return {
    count: running + ended,
    running,
    succeeded,
    failed: { total, failed, rejected, cancelled },
    ...(ended === 0 ? {} : { successRate: succeeded / ended }),
    ...(average === null || p50 === null || p95 === null
      ? {}
      : { duration: { averageSeconds: average, p50Seconds: p50, p95Seconds: p95 } }),
    waiting: {
      approval: viewWait(numbers.approval),
      hold: viewWait(numbers.hold),
      compensation: viewWait(numbers.compensation),
    },
    failurePoints: failurePointsOf(patterns),
    bottlenecks: bottlenecksOf(kind, patterns),
    use: {
      resources: resourcesOf(patterns),
      attempts: numbers.attempts,
      retries: numbers.retries,
      retryWaitSeconds: numbers.retrySeconds,
    },
  };
}

function viewWait({ operations, average, p95 }: WaitNumbers): Group['waiting']['approval'] {
  return { operations, ...(average === null || p95 === null ? {} : { averageSeconds: average, p95Seconds: p95 }) };
}

function failurePointsOf(patterns: readonly AlikeOperations[]): Group['failurePoints'] {
  const failed = patterns.filter(({ failureStep }) => failureStep !== null);
  const points = [...groupBy(failed, ({ failureStep, failureType }) => `${failureStep} ${failureType}`).values()];
  return points
    .map((alike) => {
      const { failureStep, failureType } = alike[0]!;
      const type = isFailureType(failureType) ? failureType : 'InternalError';
      return { step: failureStep!, type, count: totalOf(alike), advice: firstSentence(FAILURE_GUIDE[type].action) };
    })
    .sort((a, b) => b.count - a.count || a.step.localeCompare(b.step) || a.type.localeCompare(b.type))
    .slice(0, SHOWN);
}

function bottlenecksOf(kind: OperationKind, patterns: readonly AlikeOperations[]): Group['bottlenecks'] {
  const parts = new Map<PathPart, { operations: number; seconds: number }>();
  for (const { path, pathSeconds, count } of patterns)
    path.split(' ').forEach((name, index) => {
      const part = PATH_PARTS.find((each) => each === name);
      if (part === undefined) return;
      const known = parts.get(part) ?? { operations: 0, seconds: 0 };
      parts.set(part, {
        operations: known.operations + count,
        seconds: known.seconds + (pathSeconds[index] ?? 0),
      });
    });
  const all = [...parts.values()].reduce((sum, { seconds }) => sum + seconds, 0);
  return [...parts]
    .map(([part, { operations, seconds }]) => ({
      part,
      label: part === WAITING ? 'Wait for a worker, a retry or a decision' : (rulesOf(kind).steps[part]?.label ?? part),
      operations,
      averageSeconds: seconds / operations,
      share: all === 0 ? 0 : Math.min(1, seconds / all),
    }))
    .sort((a, b) => b.share - a.share);
}

function resourcesOf(patterns: readonly AlikeOperations[]): Group['use']['resources'] {
  const counts = new Map<string, number>();
  for (const { resources, count } of patterns)
    for (const name of resources.split(' ').filter((each) => each !== ''))
      counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => {
      const [provider = '', kind = ''] = name.split('/');
      return { provider, kind, count };
    });
}

function totalOf(patterns: readonly AlikeOperations[]): number {
  return patterns.reduce((sum, { count }) => sum + count, 0);
}

/** The guide's first sentence; one that ends inside a quotation or an abbreviation does not occur there. */
function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
