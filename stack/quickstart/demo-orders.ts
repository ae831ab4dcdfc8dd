import type { FailureType } from '../../contract/operations/failures';
import type { Plan, TenantProvisioningRequest } from '../../contract/orders/order';
import type { Step } from '../../contract/operations/steps';

/** Expected result of an order of the demonstration. */
export type Expected = { status: 'active' } | { status: 'failed'; step: Step; types: readonly FailureType[] };

/** One order of the demonstration. */
export interface DemoOrder {
  /** What the order demonstrates, in a few words. */
  about: string;
  order: TenantProvisioningRequest;
  expected: Expected;
  /** Whether the order waits for an approver. */
  needsApproval: boolean;
}

const ACTIVE: Expected = { status: 'active' };

/**
 * The five orders of the demonstration. `run` is part of every tenant name, so that a second demonstration finds its names free. Without
 * `hasCluster` the enterprise tenant is expected to fail, as it needs a Kubernetes namespace.
 */
export function demoOrders(run: string, hasCluster: boolean): DemoOrder[] {
  const order = (
    name: string,
    plan: Plan,
    more: Partial<TenantProvisioningRequest> = {},
  ): TenantProvisioningRequest => ({
    tenantName: `${name}-${run}`,
    organizationName: ORGANIZATIONS[name] ?? name,
    adminUser: { email: `ada@${name}.example.com`, firstName: 'Ada', lastName: 'Lovelace', role: 'owner' },
    subscription: { plan, billingCycle: 'monthly', features: [] },
    configuration: {},
    paymentMethod: 'pm_card_visa',
    ...more,
  });
  return [
    {
      about: 'rows in shared tables, with its data in the EU',
      order: order('acme-bikes', 'starter', {
        compliance: { dataResidency: 'EU', retentionPeriod: 365, encryptionLevel: 'standard' },
      }),
      expected: ACTIVE,
      needsApproval: false,
    },
    {
      about: 'its own schema, in the United States',
      order: order('globex', 'professional', {
        region: 'us-east',
        configuration: { branding: { primaryColor: '#0b5fff' }, settings: { locale: 'en-US' } },
        customizations: { statementTimeoutSeconds: 60 },
      }),
      expected: ACTIVE,
      needsApproval: false,
    },
    {
      about: hasCluster ? 'its own database and namespace' : 'refused, because there is no Kubernetes cluster',
      order: order('initech', 'enterprise'),
      expected: hasCluster ? ACTIVE : { status: 'failed', step: 'validate', types: ['CapabilityMissing'] },
      needsApproval: false,
    },
    {
      about: 'orders more storage than the plan includes, so it waits for an approver',
      order: order('umbrella', 'professional', { customizations: { storageQuotaGb: 200 } }),
      expected: ACTIVE,
      needsApproval: true,
    },
    {
      about: 'its card is declined, so everything is undone',
      order: order('hooli', 'professional', { paymentMethod: 'pm_card_chargeDeclined' }),
      expected: { status: 'failed', step: 'integrations', types: ['PaymentMethodDeclined'] },
      needsApproval: false,
    },
  ];
}

const ORGANIZATIONS: Record<string, string> = {
  'acme-bikes': 'Acme Bikes Ltd.',
  globex: 'Globex Inc.',
  initech: 'Initech GmbH',
  umbrella: 'Umbrella S.A.',
  hooli: 'Hooli Labs',
};
