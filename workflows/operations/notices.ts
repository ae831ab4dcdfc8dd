import { CancellationScope, log } from '@temporalio/workflow';
import type { TenantNotice } from '../../contract/maintenance/customer-mail';
import type { OperationFailure } from '../../contract/operations/messages';
import { mailActivities } from './proxies';
import type { Run } from './run';

/** Mails the operators the run's current status. Never rejects, so callers need not await it. */
export async function tellOperators(run: Run, failure: OperationFailure): Promise<void> {
  const { operationId } = run.input;
  const occurrence = run.notices++;
  const { status } = run;
  await attempt(() =>
    mailActivities('Notify the operators').notifyOperators({ operationId, failure, status, occurrence }),
  );
}

/** Mails the tenant's first admin. Never rejects. */
export async function tellTenant({ input: { operationId } }: Run, about: TenantNotice): Promise<void> {
  await attempt(() => mailActivities('Notify the customer').notifyTenant({ operationId, about }));
}

/** Runs work that must never fail the run: errors are only logged. Once begun, the work finishes even if the run is cancelled. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await CancellationScope.nonCancellable(work);
  } catch (error) {
    log.warn('Optional work failed; the run continues without it', { error: String(error) });
  }
}
