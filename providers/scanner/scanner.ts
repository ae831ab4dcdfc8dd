import type { ScanReport } from '../../contract/maintenance/scans';

/** Where a scanner reports its findings. */
export interface ScanCallback {
  /** Base URL for `POST <url>:heartbeat` while the scan runs and `POST <url>:report` at its end. */
  url: string;
  /** Authorization, sent in the body; valid for one report. */
  token: string;
  /** Time after which reports are no longer accepted. */
  deadline: Date;
}

/** A scan to run. */
export interface ScanJob {
  tenantId: string;
  region: string;
  callback: ScanCallback;
}

/**
 * Looks for weaknesses in what was made for a tenant. A scan may take long and run anywhere: it is only started here and reports on its
 * own, so that no worker waits for it.
 */
export interface Scanner {
  readonly name: string;
  /** Reason why the scanner cannot run, for people; undefined if it can. */
  missing(): Promise<string | undefined>;
  /** Resolves once the scan has started; throws if it cannot start. */
  start(job: ScanJob): Promise<void>;
}

/** The body of a report. */
export type ReportBody = ScanReport & { token: string };
