import type { RecoverySettings } from '../contract/messages';
import type { TenantProvisioningRequest } from '../contract/order';
import type { ProvisioningTemplate } from './template';

const HOLD_HOURS = 24;

/** What becomes of a step that fails for good, by the template as it is kept with an order. */
export function recoveryOf({ recovery }: ProvisioningTemplate): RecoverySettings {
  return {
    onPermanentFailure: recovery.onPermanentFailure ?? 'compensate',
    holdSeconds: (recovery.holdForHours ?? HOLD_HOURS) * 3600,
    skippable: [...(recovery.skippable ?? [])],
  };
}

/** The template as it is kept with an order: the order's choice has taken the place of the template's, so it need not be decrypted to start a run. */
export function withChosenRecovery(
  template: ProvisioningTemplate,
  order: Pick<TenantProvisioningRequest, 'recovery'>,
): ProvisioningTemplate {
  return { ...template, recovery: { ...template.recovery, ...order.recovery } };
}
