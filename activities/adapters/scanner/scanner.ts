import type { ScanReport } from '../../../contract/scans';

/** How a scanner tells what it has found. */
export interface ScanCallback {
  /** `POST <url>:heartbeat` while it works, `POST <url>:report` when it is done. */
  url: string;
  /** The authorization, in the body; good for one report. */
  token: string;
  /** After it nobody listens any more. */
  deadline: Date;
}

/** What is to be scanned. */
export interface ScanJob {
  tenantId: string;
  region: string;
  callback: ScanCallback;
}

/**
 * Something that looks for weaknesses in what was made for a tenant. It may take its time and be anywhere: it is only started, and reports by
 * itself, so that no worker waits for it.
 */
export interface Scanner {
  /** Which scanner. */
  readonly name: string;
  /** Why it cannot run, in words; undefined when it can. */
  missing(): Promise<string | undefined>;
  /** Resolves once it has begun. Throws when it cannot begin. */
  start(job: ScanJob): Promise<void>;
}

/** The body of a report. */
export type ReportBody = ScanReport & { token: string };
