/** The workflow type that has one tenant scanned. */
export const SCAN_TENANT = 'scanTenant';

/** The workflow type that has every tenant scanned that is due. */
export const SCAN_DUE = 'scanDue';

/** Id of the Temporal Schedule of scans, and of the workflow it starts. */
export const SCAN_SCHEDULE_ID = 'scans';

/** Id of the workflow that scans a tenant: one at a time. */
export function scanWorkflowId(tenantId: string): string {
  return `scan/${tenantId}`;
}

/** Seconds a scanner has for its report. */
export const SCAN_DEADLINE_SECONDS = 600;

/** Seconds without a heartbeat after which a scanner counts as lost. */
export const SCAN_HEARTBEAT_SECONDS = 60;

/** How a scan stands. `not_run`: there is no scanner, which is not the same as nothing found. */
export const SCAN_STATES = ['running', 'done', 'not_run', 'failed'] as const;

/** One of {@link SCAN_STATES}. */
export type ScanState = (typeof SCAN_STATES)[number];

/** How bad a finding is; `info` is none. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];

/** What a scanner says of one thing it looked at. */
export interface Finding {
  /** Stable name of what was looked for, `[a-z0-9.-]`. */
  id: string;
  /** What should hold, as a sentence. */
  claim: string;
  severity: Severity;
  /** What was seen; no secrets, nobody's name. */
  seen: string;
}

/** What a scanner reports, once. */
export interface ScanReport {
  /** Which scanner in which version. */
  scanner: string;
  findings: Finding[];
  /** Why it could not look, in words; there are no findings then. */
  failure?: string | undefined;
}

/** What became of a scan. */
export interface ScanOutcome {
  scanId: string;
  state: ScanState;
  /** In words, where it did not run or failed. */
  outcome?: string;
}

/** Input of {@link SCAN_TENANT}. */
export interface ScanInput {
  tenantId: string;
  region: string;
  /** `token:<name>`, or that of a schedule. */
  requestedBy: string;
}

/** A scan id: `sc_` and the digits of a UUID. */
export function scanIdOf(uuid: string): string {
  return `sc_${uuid.replaceAll('-', '')}`;
}
