/** The plans on sale; each has one template. */
export const PLANS = ['starter', 'professional', 'enterprise'] as const;

/** One of {@link PLANS}. */
export type Plan = (typeof PLANS)[number];

/** How a tenant's data is kept apart in PostgreSQL. */
export type Isolation = 'pooled' | 'schema' | 'database';

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The appearance of a tenant's screens. */
export interface TenantBranding {
  displayName?: string | undefined;
  primaryColor?: string | undefined;
  logoUrl?: string | undefined;
  supportUrl?: string | undefined;
}

/** A tax id of the customer, such as its VAT number; the type is one of https://docs.stripe.com/api/customer_tax_ids/create. */
export interface TaxId {
  type: string;
  value: string;
}

/** An order: the body of `POST /v1/tenants`. */
export interface TenantProvisioningRequest {
  tenantName: string;
  organizationName: string;
  /** `lastName` is optional because some people have a single name. */
  adminUser: { email: string; firstName: string; lastName?: string | undefined; role: string };
  /** Told beside the first admin, in the mails that the plan's template chooses. */
  contact?: { email: string } | undefined;
  subscription: { plan: Plan; billingCycle: 'monthly' | 'yearly'; features: string[] };
  configuration: {
    customDomain?: string | undefined;
    branding?: TenantBranding | undefined;
    integrations?: string[] | undefined;
    settings?: Record<string, Json> | undefined;
  };
  compliance?:
    | {
        dataResidency: string;
        /** Days. */
        retentionPeriod: number;
        encryptionLevel: 'standard' | 'enhanced';
      }
    | undefined;
  /** Name of a region; when absent, one that satisfies `compliance.dataResidency` is chosen. */
  region?: string | undefined;
  /** Id of a Stripe payment method. */
  paymentMethod?: string | undefined;
  /** What invoices say of the customer beside its name. */
  billing?: { taxIds: TaxId[] } | undefined;
  /** Changes to the plan's template, some of which need an approval. */
  customizations?: Record<string, Json> | undefined;
  /** Variants of the plan's feature flags that the tenant gets in place of the plan's own, by key. */
  featureFlags?: Record<string, string> | undefined;
  /** How a permanent failure of a step is handled, where the template lets the order choose. */
  recovery?: { onPermanentFailure: 'compensate' | 'hold' } | undefined;
}
