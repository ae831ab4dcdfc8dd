import { randomBytes } from 'node:crypto';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { loadTemplates } from '../../../templates/load';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { AcceptedTenant } from './accepted';
import { order } from '../api';
import type { TestRegistry } from '../registry';

/** What a plan says of trials and removals. */
export type TrialPlan = Pick<ProvisioningTemplate, 'trial' | 'removal'>;

/** A trial of two weeks. */
export const TWO_WEEKS: TrialPlan = { trial: { days: 14, then: 'suspend', remindDays: [14, 7, 1] } };

/** An accepted order for a plan with a trial. */
export async function orderedTrial({ pool, keys }: TestRegistry, plan = TWO_WEEKS): Promise<AcceptedTenant> {
  const wanted: TenantProvisioningRequest = order();
  const accepted = await acceptOrder(pool, keys, {
    caller: 'token:signup',
    requestHash: randomBytes(32),
    order: wanted,
    template: { ...loadTemplates('templates').get('starter'), ...plan },
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  return { ...accepted, order: wanted };
}

/** Reports what the run of a provisioning reports until its tenant is active. */
export async function activate({ pool }: TestRegistry, operationId: string): Promise<void> {
  for (const status of ['validating', 'provisioning', 'active'] as const)
    await recordOutcome(pool, { operationId, status, region: 'eu-central' });
}

/** An active tenant on trial. */
export async function tenantOnTrial(registry: TestRegistry, plan = TWO_WEEKS): Promise<AcceptedTenant> {
  const accepted = await orderedTrial(registry, plan);
  await activate(registry, accepted.operationId);
  return accepted;
}
