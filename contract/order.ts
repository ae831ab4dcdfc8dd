/** The plans on sale; each has one template. */
export const PLANS = ['starter', 'professional', 'enterprise'] as const;

/** One of {@link PLANS}. */
export type Plan = (typeof PLANS)[number];

/** How a tenant's data is kept apart in PostgreSQL. */
export type Isolation = 'pooled' | 'schema' | 'database';

/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** How a tenant's screens look. */
export interface TenantBranding {
  displayName?: string | undefined;
  primaryColor?: string | undefined;
  logoUrl?: string | undefined;
  supportUrl?: string | undefined;
}

/** What is asked for: the body of `POST /v1/tenants`. */
export interface TenantProvisioningRequest {
  tenantName: string;
  organizationName: string;
  /** A person may have one name. */
  adminUser: { email: string; firstName: string; lastName?: string | undefined; role: string };
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
  /** A region by name; without it one that satisfies `compliance.dataResidency` is chosen. */
  region?: string | undefined;
  /** A Stripe payment-method id. */
  paymentMethod?: string | undefined;
  /** Changes to the plan's template; some of them wait for an approver. */
  customizations?: Record<string, Json> | undefined;
  /** What becomes of a step that fails for good, where the template lets the order choose. */
  recovery?: { onPermanentFailure: 'compensate' | 'hold' } | undefined;
}
