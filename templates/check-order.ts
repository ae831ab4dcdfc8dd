import type { FailureType } from '../contract/failures';
import type { TenantProvisioningRequest } from '../contract/order';
import { jsonPointer } from '../contract/schemas/json-pointer';
import { customizeTemplate, ruleOf } from './customize';
import { breaksRule } from './rules';
import type { ProvisioningTemplate } from './template';

/** One thing an order asks for that its plan's template does not give. */
export interface Violation {
  /** RFC 6901, into the order. */
  pointer: string;
  type: FailureType;
  message: string;
}

/**
 * Everything an order asks for that the template does not give; empty when it can be served. Asks no provider. `appDomain`: the domain
 * below which tenants are reached, where the caller knows it.
 */
export function checkOrder(
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
  appDomain?: string,
): Violation[] {
  if (order.subscription.plan !== template.subscriptionPlan)
    return [
      {
        pointer: '/subscription/plan',
        type: 'PlanNotFound',
        message: `The template ${template.templateId} is not for the plan ${order.subscription.plan}.`,
      },
    ];
  return [
    ...checkFeatures(order, template),
    ...checkIntegrations(order, template),
    ...checkCustomizations(order, template),
    ...checkRecovery(order, template),
    ...checkCustomDomain(order, appDomain),
  ];
}

/** The customizations of an order that wait for an approver, in the order they were asked for. */
export function approvalsNeeded(order: TenantProvisioningRequest, template: ProvisioningTemplate): string[] {
  const { requiredApprovals } = template.customizations;
  return Object.keys(order.customizations ?? {}).filter((customization) => requiredApprovals.includes(customization));
}

function checkFeatures({ subscription }: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const offered = template.configuration.features.map(({ key }) => key);
  return subscription.features.flatMap((feature, index) =>
    offered.includes(feature)
      ? []
      : {
          pointer: jsonPointer(['subscription', 'features', index]),
          type: 'FeatureNotInPlan' as const,
          message: `The plan ${template.subscriptionPlan} has no feature ${feature}. Leave it out or choose another plan; this one has ${listed(offered)}.`,
        },
  );
}

function checkIntegrations({ configuration }: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const offered = template.configuration.integrations.map(({ name }) => name);
  return (configuration.integrations ?? []).flatMap((integration, index) =>
    offered.includes(integration)
      ? []
      : {
          pointer: jsonPointer(['configuration', 'integrations', index]),
          type: 'IntegrationNotInPlan' as const,
          message: `The plan ${template.subscriptionPlan} has no integration ${integration}. Leave it out or choose another plan; this one has ${listed(offered)}.`,
        },
  );
}

function checkCustomizations(order: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const customizations = order.customizations ?? {};
  const violations = Object.entries(customizations).flatMap(([name, value]): Violation[] => {
    const rule = ruleOf(template, name);
    if (!rule)
      return [
        {
          pointer: jsonPointer(['customizations', name]),
          type: 'CustomizationNotAllowed',
          message: `The plan ${template.subscriptionPlan} does not allow this customization. It allows ${listed(template.customizations.allowedCustomizations)}.`,
        },
      ];
    return breaksRule(rule, value).map(({ path, message }) => ({
      pointer: jsonPointer(['customizations', name, ...path]),
      type: 'CustomizationInvalid',
      message: `The value ${message}.`,
    }));
  });
  if (violations.length > 0) return violations;
  try {
    customizeTemplate(template, customizations);
    return [];
  } catch (error) {
    const message = `Together, the customizations make a template that is not valid: ${(error as Error).message}`;
    return [{ pointer: '/customizations', type: 'CustomizationInvalid', message }];
  }
}

function checkRecovery({ recovery }: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const own = template.recovery.onPermanentFailure ?? 'compensate';
  if (recovery === undefined || recovery.onPermanentFailure === own || template.recovery.orderMayChoose) return [];
  return [
    {
      pointer: jsonPointer(['recovery', 'onPermanentFailure']),
      type: 'RecoveryNotInPlan',
      message: `The plan ${template.subscriptionPlan} always chooses ${own}. Leave it out or choose another plan.`,
    },
  ];
}

function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

/** Every name below our own domain is some tenant's host name, or may become one; a name above it is ours, too. */
function checkCustomDomain({ configuration }: TenantProvisioningRequest, appDomain?: string): Violation[] {
  const { customDomain } = configuration;
  const ours = appDomain?.replace(/:\d+$/, '');
  if (customDomain === undefined || ours === undefined) return [];
  if (!`.${customDomain}`.endsWith(`.${ours}`) && !ours.endsWith(`.${customDomain}`)) return [];
  return [
    {
      pointer: '/configuration/customDomain',
      type: 'CustomizationInvalid',
      message: `A custom domain at, below or above ${ours} is not the customer's. Name a domain of the customer's own.`,
    },
  ];
}
