import { HOLD_HOURS, type RecoverySettings } from '../contract/operations/messages';
import type { TenantProvisioningRequest } from '../contract/orders/order';
import type { ProvisioningTemplate } from './template';

/** How a permanent failure of a step is handled, according to the template stored with an order. */
export function recoveryOf({ recovery }: ProvisioningTemplate): RecoverySettings {
  return {
    onPermanentFailure: recovery.onPermanentFailure ?? 'compensate',
    holdSeconds: (recovery.holdForHours ?? HOLD_HOURS) * 3600,
    skippable: [...(recovery.skippable ?? [])],
  };
}

/** The template to store with an order, with the order's choice in place of the template's, so that starting a run decrypts no order. */
export function withChosenRecovery(
  template: ProvisioningTemplate,
  order: Pick<TenantProvisioningRequest, 'recovery'>,
): ProvisioningTemplate {
  return { ...template, recovery: { ...template.recovery, ...order.recovery } };
}
