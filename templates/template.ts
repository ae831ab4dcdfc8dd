import type { BillingEnd, Proration } from '../contract/billing/terms';
import type { FlagDefinitions } from '../contract/flags/flags';
import type { CustomerMailGroup, CustomerRecipient } from '../contract/maintenance/customer-mail';
import type { Isolation, Json, Plan } from '../contract/orders/order';
import type { RetrySettings } from '../contract/operations/messages';
import type { Step } from '../contract/operations/steps';
import type { Aggregation, QuotaPeriod } from '../contract/usage/usage';

/** What a plan provisions (the seed's `ProvisioningTemplate`), loaded from `<plan>.yaml` and validated at start-up. */
export interface ProvisioningTemplate {
  templateId: string;
  templateName: string;
  /** Semantic version; a run keeps the version with which it was ordered. */
  version: string;
  subscriptionPlan: Plan;
  resources: {
    database: DatabaseTemplate;
    storage: StorageTemplate;
    compute: ComputeTemplate;
  };
  configuration: {
    features: FeatureConfiguration[];
    modules: string[];
    integrations: IntegrationConfiguration[];
    security: SecurityConfiguration;
    branding: { primaryColor: string };
    notifications: { event: string; subject: string; body: string }[];
    reports: { name: string; schedule: string }[];
  };
  /** Feature flags that the application evaluates for the tenant, by key; absent in templates from before there were any. */
  flags?: FlagDefinitions | undefined;
  billing: BillingTemplate;
  /** What happens when a tenant comes near a limit; absent in templates from before usage was metered. */
  usage?: UsageTemplate | undefined;
  customizations: {
    allowedCustomizations: string[];
    /** Members of `allowedCustomizations` that need an approval. */
    requiredApprovals: string[];
    validationRules: ValidationRule[];
  };
  /** Recurring compliance work once the tenant is active. */
  compliance?: ComplianceTemplate | undefined;
  /** Absent in templates from before backups existed; then backups are made only on request. */
  backup?: BackupTemplate | undefined;
  /** Absent for plans without any of it, and in templates from before it existed. */
  identity?: IdentityTemplate | undefined;
  /** Absent in templates from before tenants could be removed; then the defaults of each field apply. */
  removal?: RemovalTemplate | undefined;
  /** The tenant is on trial from its activation; absent for plans that are paid from the start. */
  trial?: TrialTemplate | undefined;
  /** Absent in templates from before a plan could choose; then the defaults of each field apply. */
  customerMail?: CustomerMailTemplate | undefined;
  recovery: RecoveryTemplate;
}

/** The mail that the customers of the plan get beside mail with credentials or a legal notice, which is always sent. */
export interface CustomerMailTemplate extends Partial<Record<CustomerMailGroup, CustomerRecipient[] | undefined>> {
  /** BCP 47 tag of the language, unless the order names one in `configuration.settings.locale`; English by default. */
  locale?: string | undefined;
  /** IANA name of the time zone of times, unless the order names one in `configuration.settings.timeZone`; UTC by default. */
  timeZone?: string | undefined;
  /** Minutes of provisioning after which the recipients of `progress` are told that it takes longer; never by default. */
  slowAfterMinutes?: number | undefined;
}

/** How a tenant's people come in. */
export interface IdentityTemplate {
  /** The customer's own directory provisions people and groups by SCIM; absent for plans without it. */
  directory?: DirectoryTemplate | undefined;
  /** Whether the customer's own identity provider can be connected. */
  sso?: boolean | undefined;
}

/** What a plan allows of a directory. */
export interface DirectoryTemplate {
  /** Most people that the directory holds at once. */
  maxUsers: number;
  /** Groups of the plan that each provisioned person joins, among those of `configuration.security`. */
  groups: string[];
}

/** The end of a tenant. */
export interface RemovalTemplate {
  /** Days between the announcement and the removal, unless the request names others; 30 by default. */
  graceDays?: number | undefined;
  /** Whether the tenant is always exported before it is removed, or only if the request asks for it; `asked` by default. */
  export?: 'always' | 'asked' | undefined;
}

/** A trial. */
export interface TrialTemplate {
  days: number;
  /** What happens at its end, unless it was ended before. */
  then: 'suspend' | 'deprovision';
  /** Days before the end at which the first admin gets a mail; none by default. */
  remindDays?: number[] | undefined;
}

/** Recurring compliance work for an active tenant; whatever is absent is not done. */
export interface ComplianceTemplate {
  /** The first scan is due at once: it comes with the next check for due scans. */
  scan?: { everyDays: number } | undefined;
}

/** Backups of the tenant's database. */
export interface BackupTemplate {
  /** Cron schedule with five fields, UTC. */
  schedule: string;
  /** Number of good backups to keep; a newer one replaces the oldest. */
  keep: number;
}

/** How the failure of a step is handled. The optional fields are newer than the first templates, which always compensate. */
export interface RecoveryTemplate {
  retry: RetrySettings;
  /** What a run does after the last attempt; `compensate` by default. */
  onPermanentFailure?: 'compensate' | 'hold' | undefined;
  /** Whether an order may choose another value. */
  orderMayChoose?: boolean | undefined;
  /** Hours a run waits for an operator before it compensates; 24 by default. */
  holdForHours?: number | undefined;
  /** Steps that an operator may skip, with a reason. */
  skippable?: SkippableStep[] | undefined;
}

/** Steps that can be skipped at all, because no other step depends on what they make. */
export const SKIPPABLE_STEPS = ['integrations', 'verify'] as const satisfies readonly Step[];

/** One of {@link SKIPPABLE_STEPS}. */
export type SkippableStep = (typeof SKIPPABLE_STEPS)[number];

/** The database share. */
export interface DatabaseTemplate {
  isolation: Isolation;
  /** Version of the SQL in `templates/sql` that is applied, for instance `0001`. */
  schemaVersion: string;
  connectionLimit: number;
  statementTimeoutSeconds: number;
  /** Whether triggers record every change in the tenant's own schema; false by default. Never for `pooled`. */
  auditTrail?: boolean | undefined;
}

/** The object storage. */
export interface StorageTemplate {
  versioning: boolean;
  /** Gigabytes (10⁹ bytes) of all versions together. */
  quotaGb: number;
  /** Whether a store without access logging is refused. A store that supports it always logs access to the objects. */
  accessLogging?: boolean | undefined;
}

/** Where the tenant's workload runs: in a shared pool, or in a Kubernetes namespace of its own. */
export type ComputeTemplate =
  | { model: 'pool'; cpuMillis: number; memoryMb: number }
  | {
      model: 'namespace';
      cpuMillis: number;
      memoryMb: number;
      pods: number;
      podSecurity: 'baseline' | 'restricted';
    };

/** A feature flag. With `includedIn: order` the order must ask for the feature; with `always` it comes with the plan. */
export interface FeatureConfiguration {
  key: string;
  includedIn: 'always' | 'order';
  limit?: number | undefined;
}

/** An integration that the plan offers. The application calls `endpoint` with `{tenantId}` filled in. */
export interface IntegrationConfiguration {
  name: string;
  /** A path of the application, or the https URL of a separate server. */
  endpoint: string;
  /** Jurisdiction of the separate server, because the tenant's data goes there; absent for a path. */
  jurisdiction?: string | undefined;
}

/** Groups and roles of the organization, and the API keys of each tenant. */
export interface SecurityConfiguration {
  groups: { name: string; roles: string[] }[];
  /** Groups the first admin joins. */
  adminGroups: string[];
  apiKeys: { name: string; scopes: string[] }[];
  passwordLength: number;
}

/** Prices by billing cycle and the meters the plan counts. */
export interface BillingTemplate {
  currency: string;
  /** In the smallest currency unit, per month and per year. */
  prices: { monthly: number; yearly: number };
  /** How many times the price is charged; 1 by default. */
  quantity?: number | undefined;
  /** Id of the coupon at the billing provider with which subscriptions of the plan begin. */
  coupon?: string | undefined;
  /** Ids of the tax rates at the billing provider that invoices of the plan have; none by default. */
  taxRates?: string[] | undefined;
  /** How it is prorated that a subscription changed by hand is changed back; `none` by default. */
  proration?: Proration | undefined;
  /** Whether what was paid for time after the end of a tenant is credited; `none` by default. */
  end?: BillingEnd | undefined;
  meters: MeterTemplate[];
  /** What happens while an invoice is unpaid; absent: the customer is told once, and nothing follows. */
  dunning?: DunningTemplate | undefined;
}

/** What happens while an invoice of a tenant is unpaid. Days count from the first payment that failed. */
export interface DunningTemplate {
  /** Days at which the customer is reminded, beside the mail that is sent at once; none by default. */
  remindDays?: number[] | undefined;
  /** Days after which the tenant is suspended; never by default. */
  suspendAfterDays?: number | undefined;
  /** Whether a tenant that was suspended for this reason is resumed by itself once it has paid; true by default. */
  resumeOnPayment?: boolean | undefined;
}

/** A meter of the plan. The application reports its values, unless the product measures it itself. */
export interface MeterTemplate {
  eventName: string;
  displayName: string;
  /** Whether a period's records add up, or the newest one counts; `sum` by default. It cannot change once Stripe has the meter. */
  aggregation?: Aggregation | undefined;
  /** Key of the feature whose limit is the meter's; without one there is no limit. */
  feature?: string | undefined;
  /** Period of that limit; `month` by default. */
  per?: QuotaPeriod | undefined;
}

/** What happens when a tenant comes near a limit. Nothing is cut off: that is the application's decision. */
export interface UsageTemplate {
  /** Share of a limit, in percent, at which a tenant is near it; 80 by default. */
  nearPercent?: number | undefined;
  /** Whether operators see tenants that are near a limit, or at it, among what needs attention; false by default. */
  attention?: boolean | undefined;
}

/** A rule a customization must satisfy, a JSON Schema (2020-12), and where in the template its value goes. */
export interface ValidationRule {
  customization: string;
  /** JSON pointer into this template. */
  target: string;
  schema: { [key: string]: Json };
}
