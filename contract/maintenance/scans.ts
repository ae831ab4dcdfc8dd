/** The workflow type that scans one tenant. */
export const SCAN_TENANT = 'scanTenant';

/** The workflow type that scans every tenant whose scan is due. */
export const SCAN_DUE = 'scanDue';

/** Id of the Temporal Schedule of scans, and of the workflow it starts. */
export const SCAN_SCHEDULE_ID = 'scans';

/** Workflow id of a tenant's scan. It prevents two scans of a tenant at a time. */
export function scanWorkflowId(tenantId: string): string {
  return `scan/${tenantId}`;
}

/** Seconds within which a scanner must report. */
export const SCAN_DEADLINE_SECONDS = 600;

/** Seconds without a heartbeat after which a scanner counts as lost. */
export const SCAN_HEARTBEAT_SECONDS = 60;

/** States of a scan. `not_run`: no scanner is installed, so the absence of findings means nothing. */
export const SCAN_STATES = ['running', 'done', 'not_run', 'failed'] as const;

/** One of {@link SCAN_STATES}. */
export type ScanState = (typeof SCAN_STATES)[number];

/** Severities of a finding. `info` is not a problem: the claim holds. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** A scanner's result for one thing it checked. */
export interface Finding {
  /** Stable name of the check, `[a-z0-9.-]`. */
  id: string;
  /** What should hold, as a sentence. */
  claim: string;
  severity: Severity;
  /** What the scanner saw; no secrets and no names of people. */
  seen: string;
}

/** A scanner's report; it can be handed in once. */
export interface ScanReport {
  /** Name and version of the scanner. */
  scanner: string;
  findings: Finding[];
  /** Why the scanner could not check anything, in words. There are no findings then. */
  failure?: string | undefined;
}

/** The result of a scan. */
export interface ScanOutcome {
  scanId: string;
  state: ScanState;
  /** Why the scan did not run or failed, in words. */
  outcome?: string;
}

/** Input of {@link SCAN_TENANT}. */
export interface ScanInput {
  tenantId: string;
  region: string;
  /** The id of the caller, or the requester that is recorded for scheduled scans. */
  requestedBy: string;
}

/** A scan id: `sc_` and the digits of a UUID. */
export function scanIdOf(uuid: string): string {
  return `sc_${uuid.replaceAll('-', '')}`;
}
