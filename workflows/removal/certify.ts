import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { reportWith } from '../operations/carry-out';
import { runFailure } from '../operations/failures';
import { certainActivities } from '../operations/proxies';
import { awaitResolution, settleResolution } from '../operations/resolutions';
import { continueRemoval, handToOperators } from './operators';
import type { RemovalRun } from './waits';

/**
 * Ends the removal with its certificate. False if the answers of the providers do not bear one out, so that they have to be asked again:
 * the first time at once, and from then on when an operator has looked into it. The run never ends without a certificate.
 */
export async function certify(run: RemovalRun, attempt: number): Promise<boolean> {
  const { operationId } = run.input;
  try {
    await run.step('finalize', async () => {
      const steps = reportWith(run, 'finalize');
      const { answer } = await certainActivities('Certify the removal').certifyRemoval({ operationId, steps });
      if (answer === 'refused')
        throw runFailure('StateConflict', 'The registry refused the last step: the operation has already ended.');
    });
    return true;
  } catch (error) {
    if (!isUnproven(error)) throw error;
  }
  const unproven = run.failure!;
  run.failure = undefined;
  if (attempt === 1) return false;
  await handToOperators(run, unproven, 'a proof that can be certified');
  await awaitResolution(run, []);
  settleResolution(run);
  await continueRemoval(run);
  return false;
}

function isUnproven(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === 'VerificationFailed';
}
