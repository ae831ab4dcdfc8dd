import { stepRule, type OperationKind } from '../operations/kinds';
import type { Step } from '../operations/steps';
import { distributionOf, quantile } from './distribution';
import { isWait, levelsOf } from './levels';
import type { PastRun } from './past-run';

/** How long a step took in earlier operations; without times if none recorded it. */
export interface StepTimes {
  step: Step;
  label: string;
  samples: number;
  averageSeconds?: number;
  p50Seconds?: number;
  p95Seconds?: number;
}

/** How long each step took in these operations, in order and without those that only wait for people. */
export function stepTimesOf(kind: OperationKind, runs: readonly PastRun[]): StepTimes[] {
  const steps = levelsOf(kind)
    .flat()
    .filter((step) => !isWait(step));
  return steps.map((step) => {
    const took = distributionOf(runs.flatMap((run) => run[step] ?? []));
    const samples = took.length;
    const { label } = stepRule(kind, step);
    if (samples === 0) return { step, label, samples };
    const averageSeconds = took.reduce((sum, each) => sum + each, 0) / samples;
    return { step, label, samples, averageSeconds, p50Seconds: quantile(took, 0.5), p95Seconds: quantile(took, 0.95) };
  });
}
