import { recordOutcome } from '../registry/outcomes';
import { approvalsNeeded, checkOrder } from '../templates/check-order';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import type { Activities } from './interface';
import { loadOperation } from './operation';
import { chooseRegion } from './placement';

/** Step 1. Looks only; what it refuses was never begun. */
export function createValidate(dependencies: Dependencies): Pick<Activities, 'validateOrder'> {
  return {
    async validateOrder({ operationId }) {
      const { order, template } = await loadOperation(dependencies, operationId);
      const [violation] = checkOrder(order, template);
      if (violation) throw failure(violation.type, violation.message, { pointer: violation.pointer });
      refuseOurDomain(order.configuration.customDomain, dependencies.settings.appDomain);
      const region = await chooseRegion(dependencies, order, template);
      // Refused, and rightly so, when it is asked a second time after an approval.
      // What the order says now: it may have been amended.
      const residency = order.compliance?.dataResidency ?? null;
      await recordOutcome(dependencies.pool, { operationId, status: 'validating', region: region.name, residency });
      return {
        region: region.name,
        residency,
        approvalsRequired: approvalsNeeded(order, template),
        ...(order.compliance?.encryptionLevel === 'enhanced' ? { ownKey: true as const } : {}),
      };
    },
  };
}

/** Every name below our own domain is some tenant's host name, or may become one. */
function refuseOurDomain(customDomain: string | undefined, appDomain: string): void {
  if (customDomain !== appDomain && !customDomain?.endsWith(`.${appDomain}`)) return;
  throw failure(
    'CustomizationInvalid',
    `A custom domain at or below ${appDomain} could be another tenant's. Name a domain of your own.`,
    { pointer: '/configuration/customDomain' },
  );
}
