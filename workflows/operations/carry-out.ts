import {
  CancellationScope,
  ContinueAsNew,
  defineQuery,
  defineUpdate,
  isCancellation,
  log,
  setHandler,
} from '@temporalio/workflow';
import type { StepReport } from '../../activities/operations/interface';
import { mayDo, rulesOf, stepRule, stepsOf } from '../../contract/operations/kinds';
import { CANCEL_UPDATE, PROGRESS_QUERY, type CancelRequest, type Progress } from '../../contract/operations/messages';
import type { Step } from '../../contract/operations/steps';
import { compensate, type Undoing } from './compensate';
import { describeFailure, finalFailure, runFailure } from './failures';
import { aText, fieldsOf, malformed, optional } from './received';
import { takeResolutions } from './resolutions';
import type { Run } from './run';

/** Reports the run's progress; answered synchronously and without secrets. */
export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

/** Asks the run to stop and undo everything; refused once that is no longer possible. */
export const cancelUpdate = defineUpdate<{ accepted: true }, [CancelRequest]>(CANCEL_UPDATE);

/** What a kind of operation does, in the parts that the machine treats differently. The kind's rules name the step and status of the pivot. */
export interface Story {
  /** The steps before the pivot. They can be cancelled, and what they did is undone when one fails. */
  forward(): Promise<void>;
  /** What the pivot waits for. Belongs to its step, can be cancelled, and is repeated after every commit that came too early. */
  ready?(): Promise<void>;
  /** The pivot: the registry's compare-and-set to the pivot's status. Told the steps as they are then. */
  commit(steps: StepReport[]): Promise<{ answer: 'committed' | 'refused' | 'too-early' }>;
  /** After the pivot the run only goes forward, however long that takes: what it hands over, or the rest of its steps. */
  afterwards?(): Promise<void>;
  /** Undoes of steps that `compensateStep` cannot undo. */
  undoing?: Undoing;
  /** Once everything is undone. */
  undone?(): Promise<void>;
}

/** Carries out an operation: it succeeds, or everything it did is undone, or its leftovers are in an operator's hands. */
export async function carryOut(run: Run, story: Story): Promise<void> {
  const { input } = run;
  const { afterwards, undone } = story;
  const cancellable = new CancellationScope();
  setHandler(progressQuery, () => run.progress(), { description: 'Status, steps, approval, failure and leftovers.' });
  setHandler(cancelUpdate, (request: CancelRequest) => cancel(run, cancellable, request), {
    validator: (request: CancelRequest) => refuseCancel(run, request),
    description: 'Stop the run and undo everything; refused after the pivot.',
  });
  takeResolutions(run);
  run.show();
  try {
    if (input.resume) takeOver(run);
    else await cancellable.run(() => story.forward());
    if (input.resume?.as !== 'hand-over') await CancellationScope.nonCancellable(() => pivot(run, cancellable, story));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    run.failure ??= describeFailure(error, stepsOf(run.kind)[0]!);
    await CancellationScope.nonCancellable(() => compensate(run, error, story.undoing));
    if (undone) await CancellationScope.nonCancellable(undone);
    if (isCancellation(error) && !run.cancelRequested) throw error;
    throw finalFailure(run.failure);
  }
  if (afterwards) await CancellationScope.nonCancellable(afterwards);
}

/** The step from which on the run only goes forward. */
async function pivot(run: Run, cancellable: CancellationScope, { ready, commit }: Story): Promise<void> {
  const { pivot, to = 'as it is to be' } = rulesOf(run.kind);
  const refuseCancelled = (): void => {
    if (run.cancelRequested)
      throw runFailure('Cancelled', to ? `Cancelled before the tenant became ${to}.` : 'Cancelled before its end.');
  };
  refuseCancelled();
  run.pivoting = ready === undefined;
  await run.step(pivot.step, async () => {
    for (;;) {
      if (ready) await cancellable.run(ready);
      refuseCancelled();
      run.pivoting = true;
      const { answer } = await commit(reportWith(run, pivot.step));
      if (answer === 'committed') return;
      if (answer === 'refused')
        throw runFailure('StateConflict', 'The registry refused the pivot: the operation has already ended.');
      run.pivoting = false;
    }
  });
  run.enter(pivot.status);
}

/** The states of the run's steps, with this one as done. */
export function reportWith(run: Run, done: Step): StepReport[] {
  return run.report().map((step) => (step.id === done ? { ...step, state: 'done' as const } : step));
}

/**
 * Takes over from an earlier run of the operation. After the pivot, finishes what that run left. Before the pivot, undoes everything, unless
 * that run had nothing to do any more but the pivot.
 */
function takeOver(run: Run): void {
  const { as, failure, skipped = [] } = run.input.resume!;
  const { step: pivotStep, status } = rulesOf(run.kind).pivot;
  const steps = stepsOf(run.kind);
  const before = steps.indexOf(pivotStep);
  if (as !== 'compensate')
    for (const step of steps.slice(0, as === 'go-on' ? before : before + 1))
      run.mark(step, skipped.includes(step) ? 'skipped' : 'done');
  if (as === 'hand-over') {
    run.pivoting = true;
    run.enter(status);
    return;
  }
  for (const step of steps) if (!stepRule(run.kind, step).leavesNothing && !skipped.includes(step)) run.saga.add(step);
  if (as === 'go-on') return;
  run.failure = failure;
  throw runFailure('RunLost', 'The run was terminated, or its history is gone; what it had made is undone.');
}

function cancel(run: Run, cancellable: CancellationScope, request: CancelRequest): { accepted: true } {
  const { requestedBy } = fieldsOf('The request', request);
  log.info('Cancel requested', { requestedBy });
  run.cancelRequested = true;
  cancellable.cancel();
  return { accepted: true };
}

function refuseCancel(run: Run, request: unknown): void {
  const { requestedBy } = fieldsOf('cancel', request);
  if (!optional(aText)(requestedBy)) throw malformed('cancel: requestedBy must be text.');
  if (run.pivoting || !mayDo(run.kind, run.status, 'cancel'))
    throw runFailure('StateConflict', `The operation is ${run.status}: it can no longer be cancelled.`);
}
