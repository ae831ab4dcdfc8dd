import type { ReconcileInput } from '../../contract/operations/messages';
import { COMPARED_STEPS } from '../../contract/operations/reconcile';
import type { Step } from '../../contract/operations/steps';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut } from '../operations/carry-out';
import { checkedReconciliation } from '../operations/checked-input';
import { certainActivities, forwardActivities, recordActivities } from '../operations/proxies';
import { regionOf, Run } from '../operations/run';
import { runStepsTogether } from '../operations/run-steps-together';

/**
 * Compares everything that a tenant has with the ledger, all steps side by side, and mends what it can. What it has mended stays mended when
 * another step fails: it was the ledger's word before, too.
 */
export async function reconcileTenant(input: ReconcileInput): Promise<{ tenantId: string; dryRun: boolean }> {
  const run = new Run('reconcile', checkedReconciliation(input));
  const { operationId, tenantId, region, dryRun } = run.input;
  run.region = region;
  // A key of the tenant's own is kept in the region.
  run.ownKey = true;
  const compare = (step: Step): Promise<void> =>
    forwardActivities(run, step, regionOf(run, step)).reconcileStep({ operationId, step, dryRun });
  await carryOut(run, {
    forward: async () => {
      run.enter('running');
      await recordActivities().recordProgress({ operationId, status: 'running' });
      await runStepsTogether(run, Object.fromEntries(COMPARED_STEPS.map((step) => [step, () => compare(step)])));
    },
    commit: (steps) =>
      certainActivities('Finalize: the pivot').completeOperation({ operationId, step: 'finalize', steps }),
  });
  await exportHead(run);
  return { tenantId, dryRun };
}
