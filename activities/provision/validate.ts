import { holdDomain } from '../../registry/tenants/custom-domains';
import { recordOutcome } from '../../registry/operations/transitions';
import { approvalsNeeded, checkOrder } from '../../templates/check-order';
import type { Dependencies, OrderDependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import type { Activities } from '../operations/interface';
import { loadOperation } from '../operations/load-operation';
import { chooseRegion, type PlacementDependencies } from './placement';

interface ValidateDependencies extends PlacementDependencies {
  keys: OrderDependencies['keys'] & PlacementDependencies['keys'];
  pool: Dependencies['pool'];
  settings: Pick<Dependencies['settings'], 'appDomain'>;
}

/** Step 1. Only looks, so a refusal leaves nothing to undo. */
export function createValidate(dependencies: ValidateDependencies): Pick<Activities, 'validateOrder'> {
  return {
    async validateOrder({ operationId }) {
      const { order, template } = await loadOperation(dependencies, operationId);
      const [violation] = checkOrder(order, template, dependencies.settings.appDomain);
      if (violation) throw failure(violation.type, violation.message, { pointer: violation.pointer });
      // The domain has been held since acceptance; an amended order switches to its new domain here.
      if (!(await holdDomain(dependencies.pool, operationId, order.configuration.customDomain ?? null)))
        throw failure('CustomizationInvalid', 'The custom domain belongs to another tenant. Name another, or none.', {
          pointer: '/configuration/customDomain',
        });
      const region = await chooseRegion(dependencies, order, template);
      // Read again at each validation, because an operator may have amended the order.
      const residency = order.compliance?.dataResidency ?? null;
      // After an approval the order is validated again. The registry then refuses this status, as it should.
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
