import type { Json, TenantProvisioningRequest } from '../../../contract/orders/order';
import { parseOrder } from '../../../contract/schemas/order-schema';

/** The smallest valid order. */
export function smallOrder(): TenantProvisioningRequest {
  return {
    tenantName: 'acme-bikes',
    organizationName: 'Acme Bikes Ltd.',
    adminUser: { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', role: 'owner' },
    subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
    configuration: {},
  };
}

/** An order with every member set. */
export function fullOrder(): TenantProvisioningRequest {
  return {
    ...smallOrder(),
    subscription: { plan: 'professional', billingCycle: 'yearly', features: ['advanced-reports', 'automation'] },
    configuration: {
      customDomain: 'app.example.com',
      branding: {
        displayName: 'Acme',
        primaryColor: '#0b5fff',
        logoUrl: 'https://www.example.com/logo.svg',
        supportUrl: 'https://www.example.com/help?from=app#top',
      },
      integrations: ['webhooks', 'slack'],
      settings: { locale: 'de-DE', limits: { rows: 10.5, tags: ['a', 'b'] }, passwordMinLength: 12, beta: null },
    },
    contact: { email: 'it@example.com' },
    compliance: { dataResidency: 'EU', retentionPeriod: 365, encryptionLevel: 'standard' },
    region: 'eu-central',
    paymentMethod: 'pm_card_visa',
    billing: { taxIds: [{ type: 'eu_vat', value: 'DE123456789' }] },
    customizations: { storageQuotaGb: 100, statementTimeoutSeconds: 60 },
    featureFlags: { 'new-editor': 'on' },
    recovery: { onPermanentFailure: 'hold' },
  };
}

/** A copy of an order with the value at a path replaced (or removed, for `undefined`), as JSON would carry it. */
export function orderWith(path: Path, value: unknown): unknown {
  const copy: Record<PropertyKey, unknown> = { ...structuredClone(fullOrder()) };
  const parent = path.slice(0, -1).reduce<Record<PropertyKey, unknown>>((at, key) => at[key] as typeof copy, copy);
  // Like JSON.parse, this makes `__proto__` an own key.
  Object.defineProperty(parent, path.at(-1)!, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** A path into an order. */
export type Path = (string | number)[];

/** A path as a pointer, for paths without characters to escape. */
export const pointerOf = (path: Path): string => path.map((key) => `/${key}`).join('');

/** Pointers of the violations when the value at a path of a valid order is replaced; none when the order is accepted. */
export function faults(path: Path, value: unknown): string[] {
  const parsed = parseOrder(orderWith(path, value));
  return parsed.ok ? [] : parsed.violations.map(({ pointer }) => pointer);
}

/** A different, still valid value for each member of {@link fullOrder}. */
export const OTHER_VALUES: Record<string, Json> = {
  '/tenantName': 'acme-boats',
  '/organizationName': 'Acme Boats Ltd.',
  '/adminUser/email': 'grace@example.com',
  '/adminUser/firstName': 'Grace',
  '/adminUser/lastName': 'Hopper',
  '/adminUser/role': 'admin',
  '/contact/email': 'projects@example.com',
  '/subscription/plan': 'starter',
  '/subscription/billingCycle': 'monthly',
  '/subscription/features': ['automation'],
  '/configuration/customDomain': 'www.example.com',
  '/configuration/branding/displayName': 'Boats',
  '/configuration/branding/primaryColor': '#000000',
  '/configuration/branding/logoUrl': 'https://www.example.com/boat.svg',
  '/configuration/branding/supportUrl': 'https://www.example.com/boats',
  '/configuration/integrations': ['slack'],
  '/configuration/settings': { locale: 'en-GB' },
  '/compliance/dataResidency': 'US',
  '/compliance/retentionPeriod': 30,
  '/compliance/encryptionLevel': 'enhanced',
  '/region': 'us-east',
  '/paymentMethod': 'pm_card_mastercard',
  '/billing/taxIds': [{ type: 'gb_vat', value: 'GB123456789' }],
  '/customizations': { storageQuotaGb: 90 },
  '/featureFlags': { 'new-editor': 'off' },
  '/alertReceivers': ['we_0123456789abcdef0123456789abcdef'],
  '/recovery/onPermanentFailure': 'compensate',
};

/** A merge patch that sets the member at a pointer to this value and changes no other. */
export function patchAt(pointer: string, value: Json): Record<string, Json> {
  return pointer
    .split('/')
    .slice(1)
    .reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as Record<string, Json>;
}
