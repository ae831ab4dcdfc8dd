import type { ScanInput, ScanOutcome } from '../contract/scans';

/** A tenant whose scan is due. */
export interface DueScan {
  tenantId: string;
  region: string;
}

/** The activities of the workflows `scanTenant` and `scanDue`. */
export interface ScanActivities {
  /** Starts the scanner and ends when its report comes, or at once where there is no scanner. */
  scan(input: ScanInput): Promise<ScanOutcome>;
  /** Records that no report came. */
  giveUpScan(input: ScanInput): Promise<ScanOutcome>;
  /** Tenants to be scanned now, the longest waiting first. */
  listDueScans(): Promise<DueScan[]>;
}
