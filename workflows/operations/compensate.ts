import { isCancellation, patched } from '@temporalio/workflow';
import type { Conclusion } from '../../activities/operations/interface';
import { rulesOf } from '../../contract/operations/kinds';
import type { Step } from '../../contract/operations/steps';
import { awaitNothingLeft } from './leftovers';
import { compensationActivities, customerMailActivities, recordActivities } from './proxies';
import { attempt, tellOperators } from './notices';
import { settleResolution } from './resolutions';
import { regionOf, type Run } from './run';

/** How a kind undoes steps that leave something other than rows of the ledger. */
export type Undoing = Partial<Record<Step, () => Promise<void>>>;

/** Undoes every step that began, in reverse order, and records the outcome. Returns once no leftover remains that no operator has accepted. */
export async function compensate(run: Run, error: unknown, undoing: Undoing = {}): Promise<void> {
  // A cancellation may overtake an operator's decision about the hold. Drop that decision: it does not apply to leftovers.
  settleResolution(run);
  await undo(run, undoing);
  await awaitNothingLeft(run, { again: () => undo(run, undoing), conclude: () => conclude(run, error) });
}

async function undo(run: Run, undoing: Undoing): Promise<void> {
  const { operationId, resume: resumed } = run.input;
  const failure = run.failure!;
  const retried = run.status === 'needs_operator';
  run.enter('compensating');
  await recordActivities().recordProgress({
    operationId,
    status: 'compensating',
    failure,
    ...(resumed ? {} : { approvalState: run.approval }),
  });
  // No mail when the undo is retried. A run that replaces a lost one reuses the lost run's mail id, so the customer still gets one mail only.
  const concernsCustomer =
    rulesOf(run.kind).customerWaits && !retried && (failure.type !== 'Cancelled' || patched('cancellation-notice'));
  const customerNotified = concernsCustomer
    ? attempt(() => customerMailActivities(run.input).notifyCustomer({ operationId, failure }))
    : Promise.resolve();
  await run.saga.compensate(async (step) => {
    // Undoing `reserve` destroys the tenant's key, without which the customer's address cannot be read: send the mail first.
    if (step === 'reserve') await customerNotified;
    run.markUndo(step, 'compensating');
    await undoing[step]?.();
    await compensationActivities(run, step, regionOf(run, step)).compensateStep({ operationId, step });
    run.markUndo(step, 'compensated');
  });
}

async function conclude(run: Run, error: unknown): Promise<void> {
  const conclusion: Conclusion = {
    operationId: run.input.operationId,
    status: run.input.resume?.end ?? endOf(run, error),
    failure: run.failure!,
    ...(run.input.resume ? {} : { approvalState: run.approval, steps: run.report() }),
  };
  const { status, leftovers } = await recordActivities().concludeCompensation(conclusion);
  run.leftovers = leftovers;
  run.enter(status);
  const notified = tellOperators(run, run.failure!);
  // With leftovers the run accepts a decision even before the mail is sent; a run that ends waits for its mail.
  if (status !== 'needs_operator') await notified;
}

function endOf(run: Run, error: unknown): Conclusion['status'] {
  if (run.cancelRequested || isCancellation(error)) return 'cancelled';
  return run.approval === 'rejected' || run.approval === 'expired' ? 'rejected' : 'failed';
}
