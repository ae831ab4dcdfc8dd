import type { ProvisionTenantInput } from '../../contract/operations/messages';
import type { Step } from '../../contract/operations/steps';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut } from '../operations/carry-out';
import { checkedProvision } from '../operations/checked-input';
import { attempt } from '../operations/notices';
import { certainActivities, forwardActivities, mailActivities, recordActivities } from '../operations/proxies';
import { runStepsTogether } from '../operations/run-steps-together';
import { Run } from '../operations/run';
import { settleAll } from '../operations/saga';
import { awaitApproval, collectApprovals, type ProvisionRun } from './approval';
import { handOver } from './hand-over';

/**
 * Provisions one tenant: at the end it is fully there, or fully gone, or its leftovers are in an operator's hands. Completes when the
 * tenant is active; fails with the original cause when everything was undone.
 */
export async function provisionTenant(input: ProvisionTenantInput): Promise<{ tenantId: string; status: 'active' }> {
  const run: ProvisionRun = new Run('provision', checkedProvision(input));
  const { operationId, tenantId } = run.input;
  const approvals = collectApprovals();
  // The registry made the tenant's key when it accepted the order, so there is something to undo from the start.
  run.saga.add('reserve');
  let onTrial = false;
  await carryOut(run, {
    forward: () => provision(run, approvals),
    // Step 10. The registry's compare-and-set is the pivot, so it is retried until the registry answers.
    commit: async (steps) => {
      const finalize = certainActivities('Finalize: the pivot');
      const committed = await finalize.activateTenant({ operationId, step: 'finalize', steps });
      onTrial = committed.onTrial ?? false;
      return committed;
    },
    afterwards: () => handOver(run, { onTrial }),
  });
  await exportHead(run);
  return { tenantId, status: 'active' };
}

/** Steps 1 to 9, level by level. */
async function provision(run: ProvisionRun, approvals: ReturnType<typeof collectApprovals>): Promise<void> {
  const { operationId } = run.input;
  const at = (step: Step, region?: string) => forwardActivities(run, step, region);
  let approvalsRequired: string[] = [];
  const validate = async (): Promise<void> => {
    const validated = await at('validate').validateOrder({ operationId, step: 'validate' });
    run.region = validated.region;
    run.followResidency(validated.residency);
    run.ownKey = validated.ownKey ?? false;
    approvalsRequired = validated.approvalsRequired;
  };

  run.status = 'validating';
  await runStepsTogether(run, { validate });

  if (approvalsRequired.length > 0) {
    await waitForApprover(run, approvals);
    run.status = 'provisioning';
    // Validate again: what was free before the approver decided may be taken now.
    await runStepsTogether(run, { validate });
  }

  run.status = 'provisioning';
  const region = run.region!;
  await runStepsTogether(run, {
    reserve: async () => {
      await at('reserve').reserveResources({ operationId, step: 'reserve', region });
      if (run.ownKey) await at('reserve', region).provisionOwnKey({ operationId, step: 'reserve' });
    },
  });

  await runStepsTogether(run, {
    database: () => at('database', region).provisionDatabase({ operationId, step: 'database' }),
    'storage-and-compute': () =>
      at('storage-and-compute', region).provisionStorageAndCompute({ operationId, step: 'storage-and-compute' }),
    configuration: () => at('configuration').configureApplication({ operationId, step: 'configuration' }),
  });

  await runStepsTogether(run, {
    security: () => at('security', region).configureSecurity({ operationId, step: 'security' }),
    identity: () => at('identity').createOrganization({ operationId, step: 'identity' }),
    integrations: () => at('integrations').setUpIntegrations({ operationId, step: 'integrations' }),
  });

  await runStepsTogether(run, {
    verify: () =>
      settleAll([
        at('verify', region).verifyRegion({ operationId, step: 'verify' }),
        at('verify').verifyGlobal({ operationId, step: 'verify' }),
      ]),
  });
}

async function waitForApprover(run: ProvisionRun, approvals: ReturnType<typeof collectApprovals>): Promise<void> {
  const { operationId, approvalDeadlineSeconds } = run.input;
  const deadline = Date.now() + approvalDeadlineSeconds * 1000;
  run.approval = 'waiting';
  run.enter('awaiting_approval');
  await recordActivities().recordProgress({
    operationId,
    status: 'awaiting_approval',
    approvalState: 'waiting',
    approvalDeadline: new Date(deadline).toISOString(),
  });
  void attempt(() => mailActivities('Ask the approvers').notifyApprovers({ operationId }));
  await awaitApproval(run, approvals, deadline);
}
