import type { AlertRule } from '../../templates/template';
import type { Check } from '../port/check';
import type { Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';

/** What a tenant's account is told of its plan and its order. */
export interface MonitoringSpec {
  alerts: readonly AlertRule[];
  /** The only webhook endpoints that are told of alerts; undefined for every one that follows such events. */
  receivers?: readonly string[] | undefined;
}

/** The tenant whose account is verified. */
export interface MonitoringSubject {
  tenantId: string;
  region: string;
  /** The tenant's own key; undefined if none is stored. */
  key: string | undefined;
  alerts: readonly AlertRule[];
  signal: AbortSignal;
}

/**
 * Tenants' metrics, logs and alert rules. A tenant has an account with a key, by which its programs send and read; what they read is the tenant's
 * own, whatever they ask for.
 */
export interface Monitoring {
  readonly account: ResourceKind<MonitoringSpec>;
  readonly kinds: readonly ResourceKind<MonitoringSpec>[];
  readonly classify: Classify;
  /** Makes the permanent account of the region's probe tenant; nothing in a region without such servers. Safe for several workers at once. */
  prepare(region: string, signal: AbortSignal): Promise<void>;
  /** Step 9's checks: sends with the tenant's key and reads it back, and tries to read another tenant's and to be read by it. */
  verify(subject: MonitoringSubject): Promise<Check[]>;
}
