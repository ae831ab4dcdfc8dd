import type { OperationFailure } from '../../contract/operations/messages';
import { tellOperators } from '../operations/notices';
import { recordActivities } from '../operations/proxies';
import type { RemovalRun } from './waits';

/** Records that the removal needs an operator, and why, and mails the operators. The run may go on by itself meanwhile. */
export async function handToOperators(run: RemovalRun, failure: OperationFailure, waitsFor: string): Promise<void> {
  const { operationId } = run.input;
  const { status, leftovers } = await recordActivities().concludeProof({ operationId, failure });
  run.leftovers = leftovers;
  run.failure = failure;
  run.waitsFor = waitsFor;
  run.enter(status);
  void tellOperators(run, failure);
}

/** Records that the removal needs no operator any more. */
export async function continueRemoval(run: RemovalRun): Promise<void> {
  const { operationId } = run.input;
  run.leftovers = [];
  run.failure = undefined;
  run.waitsFor = undefined;
  run.enter('removing');
  await recordActivities().concludeProof({ operationId });
}
