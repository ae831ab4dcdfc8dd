import type { OperationInput } from '../../contract/operations/messages';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut } from '../operations/carry-out';
import { checkedChange } from '../operations/checked-input';
import { certainActivities, forwardActivities, recordActivities } from '../operations/proxies';
import { Run } from '../operations/run';
import { runStepsTogether } from '../operations/run-steps-together';

/** Gives a tenant the single sign-on that the operation was asked for: at the end it has that, or what it had before. */
export async function configureSso(input: OperationInput): Promise<{ tenantId: string }> {
  const run = new Run('configure-sso', checkedChange(input));
  const { operationId, tenantId } = run.input;
  const forget = (): Promise<void> =>
    certainActivities('Forget connections that are not used').forgetUnusedSso({ operationId });
  await carryOut(run, {
    forward: async () => {
      run.enter('running');
      await recordActivities().recordProgress({ operationId, status: 'running' });
      await runStepsTogether(run, {
        identity: () => forwardActivities(run, 'identity').configureSso({ operationId, step: 'identity' }),
      });
      await runStepsTogether(run, {
        verify: () => forwardActivities(run, 'verify').verifySso({ operationId, step: 'verify' }),
      });
    },
    commit: (steps) =>
      certainActivities('Finalize: the pivot').completeOperation({ operationId, step: 'finalize', steps }),
    afterwards: forget,
    undone: forget,
  });
  await exportHead(run);
  return { tenantId };
}
