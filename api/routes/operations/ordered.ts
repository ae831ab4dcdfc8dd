import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { orderedSchema, type OperationOrder } from '../../../contract/schemas/operations/ordered-schema';
import { ifReadable } from '../../../registry/keys/tenant-keys';
import { findTemplate, loadOperation } from '../../../registry/operations/operations';
import { differencesBetween } from '../../../templates/differences';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { Principal } from '../../access/auth';
import { READS_OPERATIONS } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { operationParams, requireOperation } from './operations';

/** `GET /v1/operations/{operationId}/order`. */
export function orderedRoutes({ pool, keys, templates }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/operations/{operationId}/order',
      operationId: 'getOperationOrder',
      tag: 'Operations',
      summary: 'Get what an operation’s tenant was ordered with',
      description:
        'The order without everything that may name a person or an organization, and every value in which its template differs from the plan of today. Callers who may decide on approvals are also told the organization.',
      access: READS_OPERATIONS,
      params: operationParams,
      answers: { 200: { description: 'The order and the differences.', schema: orderedSchema } },
      problems: [],
      handle: async ({ params: { operationId }, principal }) => {
        await requireOperation({ pool }, operationId, principal);
        const ordered = (await findTemplate(pool, operationId))!;
        const current = templates.list().find(({ subscriptionPlan }) => subscriptionPlan === ordered.subscriptionPlan);
        const loaded = await ifReadable(loadOperation(pool, keys, operationId));
        return {
          status: 200,
          body: {
            operationId,
            template: {
              id: ordered.templateId,
              version: ordered.version,
              ...(current ? { current: current.version } : {}),
            },
            ...(loaded && decides(principal) ? { organizationName: loaded.order.organizationName } : {}),
            ...(loaded ? { order: shown(loaded.order) } : {}),
            differences: current ? differences(current, ordered) : [],
          } satisfies OperationOrder,
        };
      },
    }),
  ];
}

/** Whether the caller decides on orders, and so has to know the customer. */
function decides({ roles }: Principal): boolean {
  return roles.includes('approvals:decide');
}

function shown(order: TenantProvisioningRequest): NonNullable<OperationOrder['order']> {
  const { subscription, configuration, compliance, region, customizations, featureFlags, recovery, paymentMethod } =
    order;
  const { customDomain, integrations } = configuration;
  return {
    billingCycle: subscription.billingCycle,
    features: subscription.features,
    ...(customDomain === undefined ? {} : { customDomain }),
    ...(integrations ? { integrations } : {}),
    ...(compliance ? { compliance } : {}),
    ...(region === undefined ? {} : { region }),
    ...(customizations ? { customizations } : {}),
    ...(featureFlags ? { featureFlags } : {}),
    ...(recovery ? { onPermanentFailure: recovery.onPermanentFailure } : {}),
    paymentMethod: paymentMethod !== undefined,
  };
}

function differences(plan: ProvisioningTemplate, ordered: ProvisioningTemplate): OperationOrder['differences'] {
  const { validationRules, requiredApprovals } = ordered.customizations;
  return differencesBetween(plan, ordered).map(({ pointer, before, after }) => {
    const rule = validationRules.find(({ target }) => pointer === target || pointer.startsWith(`${target}/`));
    return {
      pointer,
      ...(before === undefined ? {} : { plan: before }),
      ...(after === undefined ? {} : { ordered: after }),
      ...(rule ? { customization: rule.customization } : {}),
      needsApproval: rule !== undefined && requiredApprovals.includes(rule.customization),
    };
  });
}
