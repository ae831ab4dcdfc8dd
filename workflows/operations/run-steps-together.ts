import { isCancellation } from '@temporalio/workflow';
import type { Step } from '../../contract/operations/steps';
import { compensationActivities, recordActivities } from './proxies';
import { awaitResolution, settleResolution } from './resolutions';
import { regionOf, type Run } from './run';
import { tellOperators } from './notices';

type Work = () => Promise<unknown>;

/**
 * Runs the steps of a level concurrently and waits until all have settled, so that nothing is still being made when compensation begins.
 * Throws the first failure: at once, or – where the template says to hold – once an operator decides to compensate or the hold expires.
 */
export async function runStepsTogether(run: Run, steps: Partial<Record<Step, Work>>): Promise<void> {
  let open = Object.entries(steps) as [Step, Work][];
  while (open.length > 0) {
    const begun = open.map(([step, work]) => run.step(step, work));
    run.indexSteps();
    const settled = await Promise.allSettled(begun);
    const failed = open.filter((_, index) => settled[index]!.status === 'rejected');
    const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length > 0 && (run.input.recovery?.onPermanentFailure !== 'hold' || errors.some(isCancellation)))
      throw errors[0];
    open = failed.length === 0 ? [] : await hold(run, failed, errors[0]);
  }
}

/** Holds the run until an operator decides. Returns the steps to retry; throws the failure when the run is to be compensated. */
async function hold(run: Run, failed: [Step, Work][], error: unknown): Promise<[Step, Work][]> {
  const { operationId, recovery } = run.input;
  const steps = failed.map(([step]) => step);
  const before = run.status;
  const milliseconds = recovery!.holdSeconds * 1000;
  run.holdUntil = new Date(Date.now() + milliseconds).toISOString();
  run.enter('on_hold');
  // Set before writing the registry: an operator may decide as soon as the row is visible.
  run.undecided = steps;
  const failure = run.failure!;
  await recordActivities().recordProgress({ operationId, status: 'on_hold', failure, holdUntil: run.holdUntil });
  void tellOperators(run, failure);

  const resolution = await awaitResolution(run, steps, { timeoutMs: milliseconds });
  settleResolution(run);
  run.holdUntil = undefined;
  if (!resolution || resolution.verb === 'compensate') throw error;

  if (resolution.verb === 'skip') await skip(run, steps);
  run.failure = undefined;
  run.enter(before);
  await recordActivities().recordProgress({ operationId, status: before });
  return resolution.verb === 'skip' ? [] : failed;
}

/** Undoes what a skipped step had begun, so that nothing half-made stays. If that fails, the whole run is compensated. */
async function skip(run: Run, steps: Step[]): Promise<void> {
  const { operationId } = run.input;
  for (const step of steps) {
    await compensationActivities(run, step, regionOf(run, step)).compensateStep({ operationId, step });
    run.mark(step, 'skipped');
  }
}
