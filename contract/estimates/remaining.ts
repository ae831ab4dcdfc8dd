import type { OperationKind } from '../operations/kinds';
import type { Step } from '../operations/steps';
import { distributionOf, oneAfterTheOther, quantile, restAfter, slowestOf, type Distribution } from './distribution';
import type { DurationEstimate } from './estimate';
import { isWait, levelsOf } from './levels';
import type { PastRun } from './past-run';

/** Fewest earlier operations that an estimate may rest on; below that, "1 in 20" cannot be told from never. */
export const FEWEST_SAMPLES = 20;

/**
 * Most earlier operations that count, the newest ones. More would make the numbers steadier, but when load or a provider changes, an estimate
 * follows only once most of its samples come from after the change.
 */
export const MOST_SAMPLES = 30;

/** Fewest of them that took longer than what has passed. */
const FEWEST_LONGER = 5;

/** Share of the operations that end within the likely, and within the late time. */
const LIKELY = 0.5;
const LATE = 0.9;

/** What remains of an operation: `open` steps in progress for `elapsedSeconds`, and `later` ones. */
export interface Remains {
  open: readonly Step[];
  elapsedSeconds: number;
  later: readonly Step[];
}

/** How long an operation still takes; without a number if too few earlier ones say so. */
export interface RemainingTime {
  duration: DurationEstimate | undefined;
  /** Of each remaining level the step that is expected to end last. */
  criticalPath: Step[];
  /** Earlier operations, or, if those are enough but the step in progress has outlasted nearly all of them, how many it has not. */
  samples: number;
  outlasted: boolean;
}

/**
 * Estimates what remains from earlier operations of the same kind. Given that a step has already taken so long, only earlier ones that took
 * longer count for it. Levels that have not begun are taken together from one earlier operation each, because a slow run is often slow
 * throughout. Steps that run side by side are independent of each other, and the rest of their level of what follows.
 */
export function estimateRemaining(
  kind: OperationKind,
  runs: readonly PastRun[],
  { open, elapsedSeconds, later }: Remains,
): RemainingTime {
  const rests = open.map((step) => [step, restAfter(durationsOf(runs, step), elapsedSeconds)] as const);
  const levels = levelsOf(kind)
    .map((level) => level.filter((step) => later.includes(step)))
    .filter((level) => level.length > 0);
  const criticalPath = [...lastOf(rests), ...levels.flatMap((level) => usuallyLast(runs, level))];
  const samples = runs.length;
  if (samples < FEWEST_SAMPLES) return { duration: undefined, criticalPath, samples, outlasted: false };
  const longer = Math.min(samples, ...rests.map(([, rest]) => rest.length));
  if (longer < FEWEST_LONGER) return { duration: undefined, criticalPath, samples, outlasted: true };
  const following = distributionOf(runs.map((run) => sum(levels.map((level) => slowestIn(run, level)))));
  const all = oneAfterTheOther(slowestOf(rests.map(([, rest]) => rest)), levels.length > 0 ? following : []);
  const [likelySeconds, lateSeconds] = [tenths(quantile(all, LIKELY)), tenths(quantile(all, LATE))];
  return { duration: { likelySeconds, lateSeconds, samples }, criticalPath, samples, outlasted: false };
}

/** Estimates an operation that has not begun; undefined if there are too few earlier ones. */
export function estimateWhole(kind: OperationKind, runs: readonly PastRun[]): DurationEstimate | undefined {
  const later = levelsOf(kind)
    .flat()
    .filter((step) => !isWait(step));
  return estimateRemaining(kind, runs, { open: [], elapsedSeconds: 0, later }).duration;
}

/** How long a step took in each of the earlier operations. */
export function durationsOf(runs: readonly PastRun[], step: Step): Distribution {
  return distributionOf(runs.flatMap((run) => run[step] ?? []));
}

function lastOf(rests: readonly (readonly [Step, Distribution])[]): Step[] {
  const [last] = [...rests].sort(([, one], [, other]) => expected(other) - expected(one));
  return last ? [last[0]] : [];
}

/** A step that has outlasted every earlier one is expected to end last. */
function expected(rest: Distribution): number {
  return rest.length === 0 ? Infinity : quantile(rest, LIKELY);
}

function usuallyLast(runs: readonly PastRun[], level: readonly Step[]): Step[] {
  const times = level.map((step) => ({
    step,
    last: runs.filter((run) => run[step] === slowestIn(run, level)).length,
  }));
  const [first] = times.sort((one, other) => other.last - one.last);
  return first ? [first.step] : [];
}

function slowestIn(run: PastRun, level: readonly Step[]): number {
  return Math.max(0, ...level.map((step) => run[step] ?? 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
