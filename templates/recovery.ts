import type { RecoverySettings } from '../contract/messages';
import type { TenantProvisioningRequest } from '../contract/order';
import type { ProvisioningTemplate } from './template';

const HOLD_HOURS = 24;

/** What becomes of a step of this order that fails for good: the order's choice where it has one, else the template's. */
export function recoveryOf(
  { recovery }: ProvisioningTemplate,
  order: Pick<TenantProvisioningRequest, 'recovery'> = {},
): RecoverySettings {
  return {
    onPermanentFailure: order.recovery?.onPermanentFailure ?? recovery.onPermanentFailure ?? 'compensate',
    holdSeconds: (recovery.holdForHours ?? HOLD_HOURS) * 3600,
    skippable: [...(recovery.skippable ?? [])],
  };
}

/** The template as it is kept with an order: the order's choice has taken the place of the template's, so it need not be decrypted to start a run. */
export function withChosenRecovery(
  template: ProvisioningTemplate,
  order: Pick<TenantProvisioningRequest, 'recovery'>,
): ProvisioningTemplate {
  const { onPermanentFailure } = recoveryOf(template, order);
  return { ...template, recovery: { ...template.recovery, onPermanentFailure } };
}
