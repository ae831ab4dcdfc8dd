import type { FailureType } from '../../contract/failures';
import type { Plan, TenantProvisioningRequest } from '../../contract/order';
import type { Step } from '../../contract/steps';

/** How an order of the demonstration must end. */
export type Expected = { status: 'active' } | { status: 'failed'; step: Step; types: readonly FailureType[] };

/** One order of the demonstration. */
export interface DemoOrder {
  /** What is shown by it, in a few words. */
  about: string;
  order: TenantProvisioningRequest;
  expected: Expected;
  /** Whether it waits for an approver. */
  needsApproval: boolean;
}

const ACTIVE: Expected = { status: 'active' };

/**
 * The five orders. `run` is part of every name, so that a second demonstration finds its names free; `hasCluster` decides what becomes of the
 * enterprise tenant, which needs a namespace of its own.
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
      about: 'rows in shared tables; its data stays in the EU',
      order: order('acme-bikes', 'starter', {
        compliance: { dataResidency: 'EU', retentionPeriod: 365, encryptionLevel: 'standard' },
      }),
      expected: ACTIVE,
      needsApproval: false,
    },
    {
      about: 'a schema of its own; in the United States',
      order: order('globex', 'professional', {
        region: 'us-east',
        configuration: { branding: { primaryColor: '#0b5fff' }, settings: { locale: 'en-US' } },
        customizations: { statementTimeoutSeconds: 60 },
      }),
      expected: ACTIVE,
      needsApproval: false,
    },
    {
      about: hasCluster ? 'a database and a namespace of its own' : 'refused: there is no Kubernetes cluster here',
      order: order('initech', 'enterprise'),
      expected: hasCluster ? ACTIVE : { status: 'failed', step: 'validate', types: ['CapabilityMissing'] },
      needsApproval: false,
    },
    {
      about: 'asks for more storage than the plan has: waits for an approver',
      order: order('umbrella', 'professional', { customizations: { storageQuotaGb: 200 } }),
      expected: ACTIVE,
      needsApproval: true,
    },
    {
      about: 'its card is declined: everything is undone',
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
