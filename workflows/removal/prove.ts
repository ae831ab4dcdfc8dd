import { CancellationScope, condition } from '@temporalio/workflow';
import { OUTAGE_SECONDS } from '../../contract/operations/messages';
import { certainActivities, LONG_ATTEMPT } from '../operations/proxies';
import { awaitResolution, settleResolution } from '../operations/resolutions';
import { continueRemoval, handToOperators } from './operators';
import type { RemovalRun } from './waits';

/** A round of questions to every provider. */
interface Asking {
  /** How many resources a provider still shows; undefined while answers are missing. */
  left?: number;
  error?: Error;
  stop(): void;
}

/**
 * Resolves with the number of resources that a provider still shows. The questions are repeated until they are answered. An operator who accepts
 * what a silent provider has, or asks for a retry, begins another round of them.
 */
export function prove(run: RemovalRun): Promise<number> {
  return run.step('prove', async () => {
    for (;;) {
      const asking = askEveryProvider(run);
      if (await isAnswered(run, asking)) {
        if (asking.error !== undefined) throw asking.error;
        return asking.left!;
      }
      asking.stop();
    }
  });
}

/** Each provider is asked by a worker that has its credentials. */
function askEveryProvider({ input: { operationId, region } }: RemovalRun): Asking {
  const scope = new CancellationScope();
  const asking: Asking = { stop: () => scope.cancel() };
  const ask = (where: string, worker?: { region: string }): Promise<{ left: number }> =>
    certainActivities(`Ask every provider again: ${where}`, { ...worker, startToClose: LONG_ATTEMPT }).proveRemoval({
      operationId,
      step: 'prove',
      region: where,
    });
  scope
    .run(() => Promise.all([ask(region, { region }), ask('global')]))
    .then(
      (answers) => (asking.left = answers.reduce((sum, { left }) => sum + left, 0)),
      (error: Error) => (asking.error = error),
    );
  return asking;
}

/** Waits for the answers. Operators are told once they take too long. False if an operator has decided meanwhile. */
async function isAnswered(run: RemovalRun, asking: Asking): Promise<boolean> {
  const { outageSeconds = OUTAGE_SECONDS } = run.input.retry;
  const settled = (): boolean => asking.left !== undefined || asking.error !== undefined;
  if (await condition(settled, outageSeconds * 1000)) return true;
  const message = `For ${outageSeconds} s not every provider has said whether what the tenant had is gone. The run goes on asking.`;
  await handToOperators(run, { type: 'ProviderUnavailable', message, step: 'prove' }, 'the answers of all providers');
  const decision = await awaitResolution(run, [], { settled });
  settleResolution(run);
  await continueRemoval(run);
  return decision === undefined;
}
