import type { Isolation, Json, Plan } from '../contract/order';
import type { RetrySettings } from '../contract/messages';
import type { Step } from '../contract/steps';

/** What a plan provisions (the seed's `ProvisioningTemplate`), loaded from `<plan>.yaml` and validated at start-up. */
export interface ProvisioningTemplate {
  templateId: string;
  templateName: string;
  /** Semantic version; a run keeps the version it was ordered with. */
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
  billing: BillingTemplate;
  customizations: {
    allowedCustomizations: string[];
    /** Keys of `allowedCustomizations` that wait for an approver. */
    requiredApprovals: string[];
    validationRules: ValidationRule[];
  };
  /** What is done about a tenant after it is active. */
  compliance?: ComplianceTemplate | undefined;
  /** Without it – templates from before there were backups – backups are made when somebody asks for one. */
  backup?: BackupTemplate | undefined;
  recovery: RecoveryTemplate;
}

/** What is done about a tenant after it is active; what is absent is not done. */
export interface ComplianceTemplate {
  /** The first scan comes with the next look after the tenant is active. */
  scan?: { everyDays: number } | undefined;
}

/** Backups of the tenant's database. */
export interface BackupTemplate {
  /** Cron, five fields, UTC. */
  schedule: string;
  /** Good ones that are kept; an older one goes once there is a newer one. */
  keep: number;
}

/** What becomes of a step that fails. What is optional has come after the first templates; those compensate. */
export interface RecoveryTemplate {
  retry: RetrySettings;
  /** After the last attempt; without it `compensate`. */
  onPermanentFailure?: 'compensate' | 'hold' | undefined;
  /** Whether an order may say otherwise. */
  orderMayChoose?: boolean | undefined;
  /** Hours a run waits for an operator before it compensates; without it 24. */
  holdForHours?: number | undefined;
  /** Steps an operator may leave out, with a reason. */
  skippable?: SkippableStep[] | undefined;
}

/** Steps that can be left out at all: no other step rests on what they make. */
export const SKIPPABLE_STEPS = ['integrations', 'verify'] as const satisfies readonly Step[];

/** One of {@link SKIPPABLE_STEPS}. */
export type SkippableStep = (typeof SKIPPABLE_STEPS)[number];

/** The database share. */
export interface DatabaseTemplate {
  isolation: Isolation;
  /** Version of the SQL below `templates/sql` that is applied, for instance `0001`. */
  schemaVersion: string;
  connectionLimit: number;
  statementTimeoutSeconds: number;
  /** Whether triggers keep every change in the tenant's own schema; without it they do not. Never for `pooled`. */
  auditTrail?: boolean | undefined;
}

/** The object storage. */
export interface StorageTemplate {
  versioning: boolean;
  /** Gigabytes (10⁹ bytes) of all versions together. */
  quotaGb: number;
  /** Whether access to the objects has to be logged; a region whose store cannot does not serve the order. Logged or not, where it can it is. */
  accessLogging?: boolean | undefined;
}

/** Where the tenant's work runs: a place in a shared pool, or a Kubernetes namespace of its own. */
export type ComputeTemplate =
  | { model: 'pool'; cpuMillis: number; memoryMb: number }
  | {
      model: 'namespace';
      cpuMillis: number;
      memoryMb: number;
      pods: number;
      podSecurity: 'baseline' | 'restricted';
    };

/** One feature flag; `includedIn: order` ones must be asked for, `always` ones come with the plan. */
export interface FeatureConfiguration {
  key: string;
  includedIn: 'always' | 'order';
  limit?: number | undefined;
}

/** One integration the plan offers; the application calls back `endpoint` with `{tenantId}` filled in. */
export interface IntegrationConfiguration {
  name: string;
  /** A path of the application, or the https URL of a server of its own. */
  endpoint: string;
  /** The law that server lies under; with a URL, because the tenant's data goes there. */
  jurisdiction?: string | undefined;
}

/** Roles of the organization and the API keys each tenant gets. */
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
  /** Smallest currency unit, a month or a year. */
  prices: { monthly: number; yearly: number };
  meters: { eventName: string; displayName: string }[];
}

/** A rule a customization must satisfy, a JSON Schema (2020-12), and where in the template its value goes. */
export interface ValidationRule {
  customization: string;
  /** JSON pointer into this template. */
  target: string;
  schema: { [key: string]: Json };
}
