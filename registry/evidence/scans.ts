import { createHash, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import canonicalize from 'canonicalize';
import type { ScanReport, ScanState } from '../../contract/maintenance/scans';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { evidenceDigest, recordEvidence, type Evidence } from './evidence';

/** The activity that waits for a scan's report. */
export interface Waiting {
  workflowId: string;
  runId: string;
  activityId: string;
}

/** A scan to begin. */
export interface NewScan extends Waiting {
  scanId: string;
  tenantId: string;
  scanner: string;
  requestedBy: string;
  /** Hash of the token that the scanner reports with. */
  tokenHash: Buffer | null;
  /** Seconds from now. */
  deadlineSeconds: number;
}

/** A recorded scan. */
export interface Scan extends Waiting {
  scanId: string;
  tenantId: string;
  scanner: string;
  requestedBy: string;
  state: ScanState;
  outcome: string | null;
  startedAt: Date;
  deadline: Date;
  endedAt: Date | null;
}

const COLUMNS = `scan_id as "scanId", tenant_id as "tenantId", scanner, requested_by as "requestedBy", state, outcome,
  workflow_id as "workflowId", run_id as "runId", activity_id as "activityId", started_at as "startedAt", deadline, ended_at as "endedAt"`;

/** SHA-256 of a scanner's token; nothing else of it is stored. */
export function hashScanToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Records that a scan begins. An earlier scan of the same activity ends as failed, because its report is no longer awaited. */
export async function beginScan(db: Queryable, scan: NewScan): Promise<void> {
  const { workflowId, runId, activityId } = scan;
  await db.query(
    `update scan set state = 'failed', outcome = 'No report came in time.', ended_at = now()
     where workflow_id = $1 and run_id = $2 and activity_id = $3 and state = 'running'`,
    [workflowId, runId, activityId],
  );
  await db.query(
    `insert into scan (scan_id, tenant_id, scanner, requested_by, token_hash, workflow_id, run_id, activity_id, deadline)
     values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))`,
    [
      ...[scan.scanId, scan.tenantId, scan.scanner, scan.requestedBy, scan.tokenHash],
      ...[workflowId, runId, activityId, scan.deadlineSeconds],
    ],
  );
}

/** A scan that ended without a report. */
export interface UnreportedScan {
  scanId: string;
  state: 'not_run' | 'failed';
  outcome: string;
  region: string;
}

/** Ends a scan without a report and records the reason as evidence: a scan that did not run never counts as clean. */
export async function endScan(pool: pg.Pool, { scanId, state, outcome, region }: UnreportedScan): Promise<void> {
  await transaction(pool, async (client) => {
    const scan = await maybeOne<Scan>(
      client,
      `update scan set state = $2, outcome = $3, ended_at = now() where scan_id = $1 and state = 'running' returning ${COLUMNS}`,
      [scanId, state, outcome],
    );
    if (scan) await keepUnreported(client, scan, { state, outcome, region });
  });
}

/** The latest scan that a workflow run has begun, or undefined. */
export async function findScanOfRun(
  db: Queryable,
  { workflowId, runId }: Pick<Waiting, 'workflowId' | 'runId'>,
): Promise<Scan | undefined> {
  return maybeOne<Scan>(
    db,
    `select ${COLUMNS} from scan where workflow_id = $1 and run_id = $2 order by started_at desc limit 1`,
    [workflowId, runId],
  );
}

async function keepUnreported(
  client: pg.ClientBase,
  scan: Scan,
  { state, outcome, region }: Omit<UnreportedScan, 'scanId'>,
): Promise<void> {
  const answered = `${state === 'not_run' ? 'not run' : 'failed'}: ${outcome}`;
  await recordEvidence(client, [runEvidence(scan, region, false, answered)]);
  await audit(client, scan, { state });
}

/** The running scan with this id and token; undefined whatever is wrong. */
export async function findRunningScan(db: Queryable, scanId: string, token: string): Promise<Scan | undefined> {
  const row = await maybeOne<Scan & { tokenHash: Buffer | null }>(
    db,
    `select ${COLUMNS}, token_hash as "tokenHash" from scan where scan_id = $1 and state = 'running' and deadline > now()`,
    [scanId],
  );
  const matches = timingSafeEqual(row?.tokenHash ?? Buffer.alloc(32), hashScanToken(token));
  return row && matches ? withoutHash(row) : undefined;
}

/**
 * Accepts a scanner's report, once, and records each finding as evidence. A scanner that lost the answer may send the same report again. A
 * different report, a wrong token and a scan that has ended are all answered with undefined.
 */
export async function takeReport(
  pool: pg.Pool,
  { scanId, token, report }: { scanId: string; token: string; report: ScanReport },
): Promise<{ scan: Scan } | undefined> {
  const reportHash = createHash('sha256').update(canonicalize(report)!).digest();
  return transaction(pool, async (client) => {
    const row = await maybeOne<Scan & { tokenHash: Buffer | null; reportHash: Buffer | null; region: string }>(
      client,
      `select ${COLUMNS}, token_hash as "tokenHash", report_hash as "reportHash",
         (select region from tenant where tenant.tenant_id = scan.tenant_id) as region
       from scan where scan_id = $1 and (report_hash is not null or state = 'running' and deadline > now()) for update`,
      [scanId],
    );
    const matches = timingSafeEqual(row?.tokenHash ?? Buffer.alloc(32), hashScanToken(token));
    if (!row || !matches) return undefined;
    if (row.reportHash) return row.reportHash.equals(reportHash) ? { scan: withoutHash(row) } : undefined;
    const { scanner, findings, failure } = report;
    const state = failure === undefined ? 'done' : 'failed';
    await client.query(
      `update scan set state = $4, outcome = $5, report_hash = $2, scanner = $3, ended_at = now() where scan_id = $1`,
      [scanId, reportHash, scanner, state, failure ?? null],
    );
    const scan = { ...withoutHash(row), scanner, state, outcome: failure ?? null } as const;
    if (failure !== undefined)
      await keepUnreported(client, scan, { state: 'failed', outcome: failure, region: row.region });
    else {
      await recordEvidence(client, [
        runEvidence(scan, row.region, true, `${findings.length} answers`),
        ...findings.map(({ id, claim, severity, seen }) => ({
          ...runEvidence(scan, row.region, severity === 'info', `${severity}: ${seen}`),
          check: `scan.${id}`,
          claim,
        })),
      ]);
      await audit(client, scan, { state, evidence: await evidenceDigest(client, scan.tenantId) });
    }
    return { scan };
  });
}

/** A tenant's scans, newest first. */
export async function listScans(db: Queryable, tenantId: string, limit = 20): Promise<Scan[]> {
  const { rows } = await db.query<Scan>(
    `select ${COLUMNS} from scan where tenant_id = $1 order by started_at desc, scan_id desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/**
 * Active tenants that are due for a scan, longest waiting first: their template wants scans, and the latest one began longer ago than its
 * interval or never. After a scan that failed or did not run, the interval is one day.
 */
export async function listDueScans(db: Queryable, limit: number): Promise<{ tenantId: string; region: string }[]> {
  const { rows } = await db.query<{ tenantId: string; region: string }>(
    `select tenant_id as "tenantId", region from tenant
     left join lateral (select started_at as last, state in ('not_run', 'failed') as in_vain from scan
                        where scan.tenant_id = tenant.tenant_id order by started_at desc limit 1) scans on true
     where tenant.state = 'active' and template #> '{compliance,scan,everyDays}' is not null
       and coalesce(last, '-infinity') < now() - make_interval(days => case when in_vain then 1 else (template #>> '{compliance,scan,everyDays}')::int end)
     order by last nulls first, tenant.created_at limit $1`,
    [limit],
  );
  return rows;
}

function runEvidence({ tenantId, scanId, scanner }: Scan, region: string, passed: boolean, answered: string): Evidence {
  return {
    tenantId,
    operationId: null,
    askedBy: scanId,
    probe: 'scan',
    check: 'scan.run',
    passed,
    region,
    answered,
    claim: 'the scanner has looked at what was made for the tenant',
    provider: scanner,
    at: new Date(),
  };
}

async function audit(db: Queryable, { tenantId, scanId, requestedBy }: Scan, detail: object): Promise<void> {
  await appendAudit(db, { tenantId, actor: requestedBy, action: 'scan.ended', detail: { scanId, ...detail } });
}

function withoutHash(row: Scan & { tokenHash?: unknown; reportHash?: unknown; region?: unknown }): Scan {
  const { tokenHash: _token, reportHash: _report, region: _region, ...scan } = row;
  return scan;
}
