import type { Draft } from './draft';
import { quantityLabel } from './quantity-names';

/** Where each field of the form is in the order, and what it is called. */
export const FIELDS: Record<Exclude<keyof Draft, 'customizations'>, readonly [pointer: string, label: string]> = {
  plan: ['/subscription/plan', 'Plan'],
  tenantName: ['/tenantName', 'Tenant name'],
  organizationName: ['/organizationName', 'Organization'],
  email: ['/adminUser/email', 'E-mail'],
  firstName: ['/adminUser/firstName', 'First name'],
  lastName: ['/adminUser/lastName', 'Last name'],
  role: ['/adminUser/role', 'Title in the application'],
  contact: ['/contact/email', 'Another contact'],
  billingCycle: ['/subscription/billingCycle', 'Billing cycle'],
  features: ['/subscription/features', 'Features'],
  paymentMethod: ['/paymentMethod', 'Payment method'],
  region: ['/region', 'Region'],
  dataResidency: ['/compliance/dataResidency', 'Data must stay in'],
  retentionDays: ['/compliance/retentionPeriod', 'Retention'],
  encryption: ['/compliance/encryptionLevel', 'Encryption'],
  customDomain: ['/configuration/customDomain', 'Custom domain'],
  integrations: ['/configuration/integrations', 'Integrations'],
  onFailure: ['/recovery', 'If a step fails permanently'],
};

/** What can be done if a step fails permanently. */
export const ON_FAILURE = { compensate: 'Undo everything', hold: 'Wait for an operator' } as const;

const CUSTOMIZATION = '/customizations/';

/** What the form calls the field of the order at a pointer; the pointer itself for one that the form does not have. */
export function labelAt(pointer: string): string {
  if (pointer.startsWith(CUSTOMIZATION)) return quantityLabel(pointer.slice(CUSTOMIZATION.length).split('/')[0]!);
  const field = Object.values(FIELDS).find(([at]) => pointer === at || pointer.startsWith(`${at}/`));
  return field?.[1] ?? pointer;
}
