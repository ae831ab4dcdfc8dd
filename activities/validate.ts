import { holdDomain } from '../registry/custom-domains';
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
      const [violation] = checkOrder(order, template, dependencies.settings.appDomain);
      if (violation) throw failure(violation.type, violation.message, { pointer: violation.pointer });
      // Held since the acceptance; an amended order moves on to its new domain here.
      if (!(await holdDomain(dependencies.pool, operationId, order.configuration.customDomain ?? null)))
        throw failure('CustomizationInvalid', 'The custom domain belongs to another tenant. Name another, or none.', {
          pointer: '/configuration/customDomain',
        });
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
