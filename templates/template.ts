import type { FlagDefinitions } from '../contract/flags/flags';
import type { AlertSeverity } from '../contract/monitoring/alerts';
import type { CustomerMailGroup, CustomerRecipient } from '../contract/maintenance/customer-mail';
import type { Isolation, Json, Plan } from '../contract/orders/order';
import type { RetrySettings } from '../contract/operations/messages';
import type { Step } from '../contract/operations/steps';
import type { BillingTemplate, UsageTemplate } from './billing-template';

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
  /** The tenant's own metrics, logs and alerts; absent for plans without. */
  monitoring?: MonitoringTemplate | undefined;
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

/** A tenant's place for metrics and logs, and the conditions under which it is alarmed. */
export interface MonitoringTemplate {
  /** Days for which metrics and logs are kept at least. */
  retentionDays: number;
  alerts: AlertRule[];
}

/** A condition that fires an alert. */
export interface AlertRule {
  name: string;
  /** PromQL over the tenant's own metrics: the condition holds while it has any result. */
  expression: string;
  /** Minutes for which the condition must hold; 0 for at once. */
  afterMinutes: number;
  severity: AlertSeverity;
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

/** A rule a customization must satisfy, a JSON Schema (2020-12), and where in the template its value goes. */
export interface ValidationRule {
  customization: string;
  /** JSON pointer into this template. */
  target: string;
  schema: { [key: string]: Json };
}
