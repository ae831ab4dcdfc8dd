import { isCancellation, log, sleep } from '@temporalio/workflow';
import type { OperationFailure } from '../../contract/operations/messages';
import { firstBackup } from '../maintenance/backups';
import { trialStarter } from '../trial/watch-trial';
import { describeFailure } from '../operations/failures';
import { attempt, tellOperators } from '../operations/notices';
import { certainActivities, mailActivities } from '../operations/proxies';
import type { Run } from '../operations/run';

/**
 * After the pivot the run only goes forward, however long that takes; a mail, a first backup or a start of the trial that fails does not stop
 * it.
 */
export async function handOver(run: Run, { onTrial }: { onTrial: boolean }): Promise<void> {
  const { operationId } = run.input;
  await Promise.all([
    charge(run),
    attempt(() => mailActivities('Welcome the first admin').sendWelcome({ operationId, step: 'finalize' })),
    // Only requested here: the backup runs in a workflow of its own.
    attempt(() => firstBackup().requestFirstBackup({ operationId })),
    ...(onTrial ? [attempt(() => trialStarter().startTrial({ operationId }))] : []),
  ]);
}

/**
 * Starts billing. A declined first charge, or a subscription that cannot be activated, never undoes the tenant: the operators are notified.
 */
async function charge(run: Run): Promise<void> {
  const { operationId } = run.input;
  if (run.hasSkipped('integrations')) return;
  const failure = await activateSubscription(operationId);
  if (failure) await tellOperators(run, failure);
}

/** Pauses before a refused activation is retried: an API key that is being replaced, for instance, is refused only for a moment. */
const ACTIVATION_PAUSES = ['5s', '15s', '40s'] as const;

/** Resolves to the failure that no retry has cured, or to undefined once the subscription is active. */
async function activateSubscription(
  operationId: string,
  pauses: (typeof ACTIVATION_PAUSES)[number][] = [...ACTIVATION_PAUSES],
): Promise<OperationFailure | undefined> {
  const activities = certainActivities('Activate the subscription');
  try {
    const { billing } = await activities.activateSubscription({ operationId, step: 'finalize' });
    if (billing === 'active') return undefined;
    const message = 'The first charge was declined; billing is past due and the tenant stays active.';
    return { type: 'PaymentMethodDeclined', message, step: 'finalize' };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const [pause, ...later] = pauses;
    if (pause !== undefined) {
      await sleep(pause);
      return activateSubscription(operationId, later);
    }
    const { type, message, step } = describeFailure(error, 'finalize');
    log.error('The subscription was not activated; the tenant stays active', { type });
    const what =
      'The subscription was not activated and the tenant stays active: end its trial at the payment provider';
    return { type, message: `${what}. ${message}`, step };
  }
}
