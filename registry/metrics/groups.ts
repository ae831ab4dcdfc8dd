import { SUCCESS_STATUSES } from '../../contract/operations/states';
import { groupBy } from '../group-by';
import type { Alike, Pattern, Percentiles, Running, WaitSum } from './provisioning';

/** How long operations were in a status, over those that were in it. */
export interface WaitNumbers {
  operations: number;
  average: number | null;
  p95: number | null;
}

/** Operations of a group with one pattern, whatever their status. */
export type AlikeOperations = Pattern & Pick<Alike, 'count' | 'pathSeconds'>;

/** The numbers of a group; times are in seconds. */
export interface GroupNumbers {
  /** Null: operations whose region is not chosen yet. */
  key: string | null;
  /** Operations that have not ended. */
  running: number;
  succeeded: number;
  failed: number;
  rejected: number;
  cancelled: number;
  /** Of the operations that succeeded, from request to end; null if none did. */
  average: number | null;
  p50: number | null;
  p95: number | null;
  approval: WaitNumbers;
  hold: WaitNumbers;
  compensation: WaitNumbers;
  attempts: number;
  retries: number;
  retrySeconds: number;
  patterns: AlikeOperations[];
}

/** What was read of all groups. */
export interface ReadGroups {
  alike: readonly Alike[];
  patterns: readonly Pattern[];
  percentiles: readonly Percentiles[];
  running: readonly Running[];
}

const NO_PERCENTILES = { p50: null, p95: null, approval: null, hold: null, compensation: null };

/** Puts together the numbers of each group, by key; the group without a key comes last. */
export function groupsOf({ alike, patterns, percentiles, running }: ReadGroups): GroupNumbers[] {
  const endedByKey = groupBy(alike, ({ key }) => key);
  const percentilesByKey = new Map(percentiles.map((each) => [each.key, each]));
  const runningByKey = new Map(running.map((each) => [each.key, each.running]));
  const patternById = new Map(patterns.map((each) => [each.pattern, each]));
  return [...new Set([...endedByKey.keys(), ...runningByKey.keys()])].sort(emptyLast).map((key) => {
    const ended = endedByKey.get(key) ?? [];
    const { p50, p95, ...waits } = percentilesByKey.get(key) ?? NO_PERCENTILES;
    const succeeded = ended.filter(({ status }) => SUCCESS_STATUSES.includes(status));
    const successes = sum(succeeded, ({ count }) => count);
    const countOf = (status: Alike['status']): number =>
      sum(ended, (each) => (each.status === status ? each.count : 0));
    return {
      key: key === '' ? null : key,
      running: runningByKey.get(key) ?? 0,
      succeeded: successes,
      failed: countOf('failed'),
      rejected: countOf('rejected'),
      cancelled: countOf('cancelled'),
      average: successes === 0 ? null : sum(succeeded, ({ seconds }) => seconds) / successes,
      p50,
      p95,
      approval: waitOf(
        ended.map(({ approval }) => approval),
        waits.approval,
      ),
      hold: waitOf(
        ended.map(({ hold }) => hold),
        waits.hold,
      ),
      compensation: waitOf(
        ended.map(({ compensation }) => compensation),
        waits.compensation,
      ),
      attempts: sum(ended, ({ attempts }) => attempts),
      retries: sum(ended, ({ retries }) => retries),
      retrySeconds: sum(ended, ({ retrySeconds }) => retrySeconds),
      patterns: ended.flatMap(({ pattern, count, pathSeconds }) => {
        const known = patternById.get(pattern);
        return known ? { ...known, count, pathSeconds } : [];
      }),
    };
  });
}

function waitOf(waits: readonly WaitSum[], p95: number | null): WaitNumbers {
  const operations = sum(waits, (wait) => wait.operations);
  return { operations, average: operations === 0 ? null : sum(waits, ({ seconds }) => seconds) / operations, p95 };
}

function sum<Each>(values: readonly Each[], of: (value: Each) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function emptyLast(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return a < b ? -1 : 1;
}
