import type { DeprovisionInput } from '../../contract/operations/messages';
import { changeEverything } from '../access/change-everything';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut } from '../operations/carry-out';
import { checkedRemoval } from '../operations/checked-input';
import { tellTenant } from '../operations/notices';
import { certainActivities, compensationActivities, forwardActivities, LONG_ATTEMPT } from '../operations/proxies';
import { runStepsTogether } from '../operations/run-steps-together';
import { removeForGood } from './remove-for-good';
import { moveToPresentBuild } from './present-build';
import { collectLiftedHolds, RemovalRun, waitForGrace, waitForLegalHold } from './waits';

/**
 * Removes a tenant: closes it at once, exports it if asked, waits for the end of the grace period and of every legal hold, removes everything
 * and proves it. Until the pivot, a failure or a cancellation leaves the tenant as it was; afterwards the run ends only when nothing is left.
 */
export async function deprovisionTenant(input: DeprovisionInput): Promise<{ tenantId: string; state: 'gone' }> {
  const run = new RemovalRun('deprovision', checkedRemoval(input));
  const { operationId, tenantId, region } = run.input;
  run.region = region;
  if (run.input.resume?.as === 'go-on') run.enter('grace');
  const lifted = collectLiftedHolds();
  let announced = run.input.resume !== undefined;
  await carryOut(run, {
    forward: async () => {
      await changeEverything(run);
      const removalAt = await announce(run, () => (announced = true));
      await exportIfAsked(run);
      await runStepsTogether(run, { grace: () => waitForGrace(run, removalAt) });
    },
    ready: async () => {
      await waitForLegalHold(run, lifted);
      await moveToPresentBuild(run);
    },
    commit: (steps) =>
      certainActivities('Begin the removal: the pivot').beginRemoval({ operationId, step: 'legal-hold', steps }),
    afterwards: () => removeForGood(run),
    undoing: { export: () => removeExport(run) },
    undone: async () => {
      if (announced) await tellTenant(run, 'called-off');
    },
  });
  await exportHead(run);
  return { tenantId, state: 'gone' };
}

/** Records the date of the removal and mails it. Resolves with that date. */
async function announce(run: RemovalRun, announced: () => void): Promise<string> {
  const { operationId, graceSeconds } = run.input;
  let date = '';
  await runStepsTogether(run, {
    announce: async () => {
      const about = { operationId, step: 'announce' as const, graceSeconds };
      date = (await forwardActivities(run, 'announce').announceRemoval(about)).removalAt;
      announced();
      await tellTenant(run, 'leaving');
    },
  });
  return date;
}

async function exportIfAsked(run: RemovalRun): Promise<void> {
  const { operationId, region, export: asked } = run.input;
  if (!asked) {
    run.mark('export', 'skipped');
    return;
  }
  await runStepsTogether(run, {
    export: () => forwardActivities(run, 'export', region, LONG_ATTEMPT).exportTenant({ operationId, step: 'export' }),
  });
  await tellTenant(run, 'exported');
}

async function removeExport(run: RemovalRun): Promise<void> {
  const { operationId, region } = run.input;
  await compensationActivities(run, 'export', region).removeExport({ operationId });
}
