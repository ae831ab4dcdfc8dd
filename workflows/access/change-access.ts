import { patched } from '@temporalio/workflow';
import type { ChangeAccessInput } from '../../contract/operations/messages';
import type { OperationKind } from '../../contract/operations/kinds';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut } from '../operations/carry-out';
import { checkedAccessChange } from '../operations/checked-input';
import { tellTenant } from '../operations/notices';
import { certainActivities } from '../operations/proxies';
import { Run } from '../operations/run';
import { changeEverything } from './change-everything';

type Changed = { tenantId: string; access: ChangeAccessInput['access'] };

/** Closes what a tenant has, or leaves it to be read: at the end it is closed everywhere, or as it was before. */
export function suspendTenant(input: ChangeAccessInput): Promise<Changed> {
  return changeAccess('suspend', input);
}

/** Opens what a suspended tenant has: at the end it is open everywhere and has passed the checks of step 9, or is closed as before. */
export function resumeTenant(input: ChangeAccessInput): Promise<Changed> {
  return changeAccess('resume', input);
}

async function changeAccess(kind: OperationKind, input: ChangeAccessInput): Promise<Changed> {
  const run = new Run(kind, checkedAccessChange(input));
  const { operationId, tenantId, access, region } = run.input;
  run.region = region;
  await carryOut(run, {
    forward: () => changeEverything(run),
    commit: (steps) =>
      certainActivities('Finalize: the pivot').completeOperation({ operationId, step: 'finalize', steps }),
  });
  await exportHead(run);
  // Runs of earlier versions end here, and their histories must replay.
  if (patched('tenant-notice')) await tellTenant(run, kind === 'suspend' ? 'suspended' : 'resumed');
  return { tenantId, access };
}
