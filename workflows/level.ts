import { isCancellation } from '@temporalio/workflow';
import type { Step } from '../contract/steps';
import { compensationActivities, recordActivities } from './activities';
import { awaitResolution, settleResolution } from './resolutions';
import { regionOf, type Run } from './run';
import { tellOperators } from './notices';

type Work = () => Promise<unknown>;

/**
 * Runs the steps of a level side by side and waits until all have settled, so that nothing is still being made when the run turns round.
 * Throws the first failure – at once, or where the run is to hold when an operator says so or none has come in time.
 */
export async function level(run: Run, works: Partial<Record<Step, Work>>): Promise<void> {
  let open = Object.entries(works) as [Step, Work][];
  while (open.length > 0) {
    const begun = open.map(([step, work]) => run.step(step, work));
    run.indexSteps();
    const settled = await Promise.allSettled(begun);
    const failed = open.filter((_, index) => settled[index]!.status === 'rejected');
    const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (errors.length > 0 && (run.recovery.onPermanentFailure !== 'hold' || errors.some(isCancellation)))
      throw errors[0];
    open = failed.length === 0 ? [] : await hold(run, failed, errors[0]);
  }
}

/** Waits for an operator. Returns the steps that are to be tried again; throws the failure when the run is to turn round. */
async function hold(run: Run, failed: [Step, Work][], error: unknown): Promise<[Step, Work][]> {
  const { operationId } = run.input;
  const steps = failed.map(([step]) => step);
  const before = run.status;
  const milliseconds = run.recovery.holdSeconds * 1000;
  run.holdUntil = new Date(Date.now() + milliseconds).toISOString();
  run.enter('on_hold');
  // Before the registry says so: who reads it there may decide at once.
  run.undecided = steps;
  const failure = run.failure!;
  await recordActivities().recordProgress({ operationId, status: 'on_hold', failure, holdUntil: run.holdUntil });
  void tellOperators(run, failure);

  const resolution = await awaitResolution(run, steps, milliseconds);
  settleResolution(run);
  run.holdUntil = undefined;
  if (!resolution || resolution.verb === 'compensate') throw error;

  if (resolution.verb === 'skip') await skip(run, steps);
  run.failure = undefined;
  run.enter(before);
  await recordActivities().recordProgress({ operationId, status: before });
  return resolution.verb === 'skip' ? [] : failed;
}

/** What a skipped step had begun is undone, so that nothing half-made stays. Where that fails the whole run turns round. */
async function skip(run: Run, steps: Step[]): Promise<void> {
  const { operationId } = run.input;
  for (const step of steps) {
    await compensationActivities(run.input, step, regionOf(run, step)).compensateStep({ operationId, step });
    run.mark(step, 'skipped');
  }
}
