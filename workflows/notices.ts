import { CancellationScope, log } from '@temporalio/workflow';
import type { OperationFailure } from '../contract/messages';
import { mailActivities } from './activities';
import type { Run } from './run';

/** Mail to the operators about where the run stands now. Never fails, and nobody needs to wait for it. */
export async function tellOperators(run: Run, failure: OperationFailure): Promise<void> {
  const { operationId } = run.input;
  const occurrence = run.notices++;
  const { status } = run;
  await attempt(() =>
    mailActivities('Tell the operators').notifyOperators({ operationId, failure, status, occurrence }),
  );
}

/** For what must never fail a run: what goes wrong is noted and that is all. What was begun is finished, also when the run turns round. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await CancellationScope.nonCancellable(work);
  } catch (error) {
    log.warn('Given up; the run goes on without it', { error: String(error) });
  }
}
