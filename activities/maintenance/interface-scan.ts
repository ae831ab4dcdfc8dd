import type { ScanInput, ScanOutcome } from '../../contract/maintenance/scans';

/** A tenant whose scan is due. */
export interface DueScan {
  tenantId: string;
  region: string;
}

/** The activities of the workflows `scanTenant` and `scanDue`. */
export interface ScanActivities {
  /** Starts the scanner; completes when its report arrives, or at once if there is no scanner. */
  scan(input: ScanInput): Promise<ScanOutcome>;
  /** Records that no report arrived. */
  giveUpScan(input: ScanInput): Promise<ScanOutcome>;
  /** Tenants to scan now, the longest waiting first. */
  listDueScans(): Promise<DueScan[]>;
}
