import { isCancellation, log } from '@temporalio/workflow';
import type { Conclusion } from '../activities/interface';
import { compensationActivities, customerMailActivities, recordActivities } from './activities';
import { attempt, tellOperators } from './notices';
import { awaitResolution, settleResolution } from './resolutions';
import { regionOf, type Run } from './run';

/** Undoes what was begun, in reverse, and records how it ended. Returns only when nothing is left that no operator has accepted. */
export async function compensate(run: Run, error: unknown): Promise<void> {
  // A cancellation may have overtaken a decision about the hold; it must not be taken for one about leftovers.
  settleResolution(run);
  await undo(run);
  await conclude(run, error);
  while (run.status === 'needs_operator') {
    log.error('Leftovers need an operator; the run stays open', { leftovers: run.leftovers.length });
    const { verb } = (await awaitResolution(run, []))!;
    if (verb === 'retry') await undo(run);
    settleResolution(run);
    await conclude(run, error);
  }
}

async function undo(run: Run): Promise<void> {
  const { operationId, resume: resumed } = run.input;
  const failure = run.failure!;
  const again = run.status === 'needs_operator';
  run.enter('compensating');
  await recordActivities().recordProgress({
    operationId,
    status: 'compensating',
    failure,
    ...(resumed ? {} : { approvalState: run.approval }),
  });
  // Whoever cancelled knows. The mail of a lost run is not sent twice: it has the same identity.
  const concernsCustomer = !again && failure.type !== 'Cancelled';
  const customerTold = concernsCustomer
    ? attempt(() => customerMailActivities(run.input).notifyCustomer({ operationId, failure }))
    : Promise.resolve();
  await run.saga.compensate(async (step) => {
    // The order, and with it whom to tell, can be read as long as the tenant's key is there.
    if (step === 'reserve') await customerTold;
    run.markUndo(step, 'compensating');
    await compensationActivities(run.input, step, regionOf(run, step)).compensateStep({ operationId, step });
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
  const told = tellOperators(run, run.failure!);
  // An operator may decide before the mail is out; at the end the run waits for it.
  if (status !== 'needs_operator') await told;
}

function endOf(run: Run, error: unknown): Conclusion['status'] {
  if (run.cancelRequested || isCancellation(error)) return 'cancelled';
  return run.approval === 'rejected' || run.approval === 'expired' ? 'rejected' : 'failed';
}
