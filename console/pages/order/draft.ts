import type { Order, Plan } from '../../../clients/typescript/src/types';
import type { Template } from '../templates/read';

/** An order as the form holds it: texts as typed, and only those customizations that were changed. */
export interface Draft {
  plan: Plan;
  tenantName: string;
  organizationName: string;
  email: string;
  firstName: string;
  lastName: string;
  role: string;
  contact: string;
  billingCycle: 'monthly' | 'yearly';
  paymentMethod: string;
  region: string;
  dataResidency: string;
  retentionDays: string;
  encryption: '' | 'standard' | 'enhanced';
  customDomain: string;
  features: readonly string[];
  integrations: readonly string[];
  customizations: Readonly<Record<string, string>>;
  onFailure: '' | 'compensate' | 'hold';
}

/** An empty form. */
export const EMPTY: Draft = {
  plan: 'starter',
  tenantName: '',
  organizationName: '',
  email: '',
  firstName: '',
  lastName: '',
  role: 'owner',
  contact: '',
  billingCycle: 'monthly',
  paymentMethod: '',
  region: '',
  dataResidency: '',
  retentionDays: '365',
  encryption: '',
  customDomain: '',
  features: [],
  integrations: [],
  customizations: {},
  onFailure: '',
};

/** The order that a draft stands for. What the plan does not offer is left out, so that another plan can be tried without a correction. */
export function orderOf(draft: Draft, template: Template): Order {
  const { configuration, customizations, recovery } = template;
  const offered = (names: readonly string[], choices: readonly { name?: string; key?: string }[]): string[] =>
    names.filter((name) => choices.some((choice) => name === (choice.name ?? choice.key)));
  const changed = customizations.validationRules.flatMap(({ customization, schema }) => {
    const typed = draft.customizations[customization];
    return typed === undefined || typed === '' ? [] : [[customization, valueOf(typed, schema)] as const];
  });
  const hasCompliance = draft.dataResidency.trim() !== '' || draft.encryption !== '';
  return {
    tenantName: draft.tenantName.trim(),
    organizationName: draft.organizationName.trim(),
    adminUser: {
      email: draft.email.trim(),
      firstName: draft.firstName.trim(),
      ...given('lastName', draft.lastName),
      role: draft.role.trim(),
    },
    ...(draft.contact.trim() !== '' && { contact: { email: draft.contact.trim() } }),
    subscription: {
      plan: draft.plan,
      billingCycle: draft.billingCycle,
      features: offered(draft.features, configuration.features),
    },
    configuration: {
      ...given('customDomain', draft.customDomain),
      ...(draft.integrations.length > 0 && {
        integrations: offered(draft.integrations, configuration.integrations),
      }),
    },
    ...(hasCompliance && {
      compliance: {
        dataResidency: draft.dataResidency.trim(),
        retentionPeriod: Number(draft.retentionDays),
        encryptionLevel: draft.encryption || 'standard',
      },
    }),
    ...given('region', draft.region),
    ...given('paymentMethod', draft.paymentMethod),
    ...(changed.length > 0 && { customizations: Object.fromEntries(changed) }),
    ...(draft.onFailure !== '' && recovery.orderMayChoose && { recovery: { onPermanentFailure: draft.onFailure } }),
  };
}

/** What was typed, as the rule's type; a text that is not of this type goes to the API as it is, which says what is wrong. */
function valueOf(typed: string, schema: Readonly<Record<string, unknown>>): unknown {
  if (schema['type'] === 'boolean') return typed === 'true';
  const isNumber = schema['type'] === 'integer' || schema['type'] === 'number';
  return isNumber && Number.isFinite(Number(typed)) ? Number(typed) : typed;
}

function given<Name extends string>(name: Name, typed: string): { [N in Name]?: string } {
  const text = typed.trim();
  return text === '' ? {} : ({ [name]: text } as { [N in Name]?: string });
}
