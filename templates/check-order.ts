import type { FailureType } from '../contract/operations/failures';
import type { TenantProvisioningRequest } from '../contract/orders/order';
import { jsonPointer } from '../contract/schemas/values/json-pointer';
import { customizeTemplate, ruleOf } from './customize';
import { breaksRule } from './rules';
import type { ProvisioningTemplate } from './template';

/** A request of an order that its plan's template does not allow. */
export interface Violation {
  /** RFC 6901 pointer into the order. */
  pointer: string;
  type: FailureType;
  message: string;
}

/**
 * All requests of an order that the template does not allow; empty when the order can be served. No provider is asked. `appDomain` is the
 * domain below which tenants are reached, if the caller knows it.
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
    ...checkFlags(order, template),
    ...checkAlertReceivers(order, template),
    ...checkRecovery(order, template),
    ...checkCustomDomain(order, appDomain),
  ];
}

/** The customizations that need an approval, in the sequence in which the order names them. */
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
    const message = `The combined customizations result in an invalid template: ${(error as Error).message}`;
    return [{ pointer: '/customizations', type: 'CustomizationInvalid', message }];
  }
}

function checkFlags({ featureFlags = {} }: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const flags = template.flags ?? {};
  return Object.entries(featureFlags).flatMap(([key, variant]): Violation[] => {
    const pointer = jsonPointer(['featureFlags', key]);
    const flag = Object.hasOwn(flags, key) ? flags[key]! : undefined;
    if (flag && Object.hasOwn(flag.variants, variant)) return [];
    const message = flag
      ? `The flag has no variant of this name. It has ${listed(Object.keys(flag.variants))}.`
      : `The plan ${template.subscriptionPlan} has no feature flag ${key}. Leave it out; the plan has ${listed(Object.keys(flags))}.`;
    return [{ pointer, type: 'FeatureNotInPlan', message }];
  });
}

function checkAlertReceivers(
  { alertReceivers }: TenantProvisioningRequest,
  { monitoring, subscriptionPlan }: ProvisioningTemplate,
): Violation[] {
  if (!alertReceivers || monitoring) return [];
  const message = `The plan ${subscriptionPlan} has no monitoring, so there are no alerts. Leave the field out or choose another plan.`;
  return [{ pointer: '/alertReceivers', type: 'FeatureNotInPlan', message }];
}

function checkRecovery({ recovery }: TenantProvisioningRequest, template: ProvisioningTemplate): Violation[] {
  const own = template.recovery.onPermanentFailure ?? 'compensate';
  if (recovery === undefined || recovery.onPermanentFailure === own || template.recovery.orderMayChoose) return [];
  return [
    {
      pointer: jsonPointer(['recovery', 'onPermanentFailure']),
      type: 'RecoveryNotInPlan',
      message: `The plan ${template.subscriptionPlan} always uses ${own}. Leave the field out or choose another plan.`,
    },
  ];
}

function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

/** Every name below our own domain is, or may become, a tenant's host name, and every domain above it is ours as well. */
function checkCustomDomain({ configuration }: TenantProvisioningRequest, appDomain?: string): Violation[] {
  const { customDomain } = configuration;
  const ours = appDomain?.replace(/:\d+$/, '');
  if (customDomain === undefined || ours === undefined) return [];
  if (!`.${customDomain}`.endsWith(`.${ours}`) && !ours.endsWith(`.${customDomain}`)) return [];
  return [
    {
      pointer: '/configuration/customDomain',
      type: 'CustomizationInvalid',
      message: `A custom domain at, below or above ${ours} does not belong to the customer. Name a domain that does.`,
    },
  ];
}
