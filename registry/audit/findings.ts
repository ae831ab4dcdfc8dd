import type { ChainPart, HeadName } from '../../contract/audit/acceptance';
import { headPlaceOf } from '../../contract/audit/head';
import { maybeOne, type Queryable } from '../database';

/** A chain that does not extend its newest head. */
export interface AuditDiscrepancy {
  tenantId: string;
  region: string;
  /** Sequence of the entry that is wrong; 0 if it is no particular entry. */
  sequence: number;
  problem: string;
  /** The newest head in the vault; absent if there is none. */
  head?: HeadName | undefined;
  /** The chain as it was found; absent in findings recorded by an earlier version. */
  chain?: ChainPart | undefined;
}

/** An operator's acceptance of a finding. */
export interface FindingAcceptance {
  by: string;
  at: Date;
  reason: string;
  /** Sequence of the audit entry that records the acceptance. */
  entry: number;
}

/** A recorded discrepancy. */
export interface NotedDiscrepancy extends AuditDiscrepancy {
  findingId: string;
  foundAt: Date;
  /** Whether operators have been notified. */
  told: boolean;
  acceptance?: FindingAcceptance | undefined;
}

/** Which findings to list. */
export type FindingState = 'open' | 'accepted' | 'all';

/** SQL expression for a finding's id as callers know it. */
export const FINDING_ID = `'af_' || finding_id`;

/** SQL columns of a {@link FindingRow}. */
export const FINDING_COLUMNS = `${FINDING_ID} as "findingId", tenant_id as "tenantId", region, sequence::int, problem,
  found_at as "foundAt", told_at is not null as told, head_key as "headKey", encode(head_hash, 'hex') as "headHash",
  chain_until::int as "chainUntil", encode(chain_hash, 'hex') as "chainHash",
  accepted_at as "acceptedAt", accepted_by as "acceptedBy", accepted_reason as "acceptedReason", accepted_in::int as "acceptedIn"`;

/** A row with {@link FINDING_COLUMNS}. */
export interface FindingRow {
  findingId: string;
  tenantId: string;
  region: string;
  sequence: number;
  problem: string;
  foundAt: Date;
  told: boolean;
  headKey: string | null;
  headHash: string | null;
  chainUntil: number | null;
  chainHash: string | null;
  acceptedAt: Date | null;
  acceptedBy: string | null;
  acceptedReason: string | null;
  acceptedIn: number | null;
}

/** Converts a row to a finding. */
export function findingOf(row: FindingRow): NotedDiscrepancy {
  const { findingId, tenantId, region, sequence, problem, foundAt, told, headKey, headHash } = row;
  const { chainUntil, chainHash, acceptedAt, acceptedBy, acceptedReason, acceptedIn } = row;
  return {
    findingId,
    tenantId,
    region,
    sequence,
    problem,
    foundAt,
    told,
    ...(headKey === null ? {} : { head: headNamed(headKey, headHash) }),
    ...(chainUntil === null ? {} : { chain: { until: chainUntil, sha256: chainHash! } }),
    ...(acceptedAt === null
      ? {}
      : { acceptance: { by: acceptedBy!, at: acceptedAt, reason: acceptedReason!, entry: acceptedIn! } }),
  };
}

function headNamed(key: string, hash: string | null): HeadName {
  return { key, sequence: headPlaceOf(key)?.sequence ?? 0, ...(hash === null ? {} : { hash }) };
}

/**
 * Records a discrepancy. If the same problem of the same entry is already recorded, it is the same finding, and its missing head and chain
 * are filled in.
 */
export async function noteDiscrepancy(
  db: Queryable,
  { tenantId, region, sequence, problem, head, chain }: AuditDiscrepancy,
): Promise<NotedDiscrepancy> {
  const row = await maybeOne<FindingRow>(
    db,
    `insert into audit_finding as f (tenant_id, region, sequence, problem, head_key, head_hash, chain_until, chain_hash)
     values ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, decode($8, 'hex'))
     on conflict (tenant_id, sequence, problem) do update set region = excluded.region,
       head_key = case when f.chain_until is null then excluded.head_key else f.head_key end,
       head_hash = case when f.chain_until is null then excluded.head_hash else f.head_hash end,
       chain_hash = coalesce(f.chain_hash, excluded.chain_hash), chain_until = coalesce(f.chain_until, excluded.chain_until)
     returning ${FINDING_COLUMNS}`,
    [
      ...[tenantId, region, sequence, problem],
      ...[head?.key ?? null, head?.hash ?? null, chain?.until ?? null, chain?.sha256 ?? null],
    ],
  );
  return findingOf(row!);
}

/** The newest finding of a trail, accepted or not; undefined if there never was one. */
export async function newestDiscrepancy(db: Queryable, tenantId: string): Promise<NotedDiscrepancy | undefined> {
  const row = await maybeOne<FindingRow>(
    db,
    `select ${FINDING_COLUMNS} from audit_finding where tenant_id = $1 order by finding_id desc limit 1`,
    [tenantId],
  );
  return row && findingOf(row);
}

/** Records that operators have been notified of a finding. */
export async function markTold(db: Queryable, findingId: string): Promise<void> {
  await db.query(`update audit_finding set told_at = now() where ${FINDING_ID} = $1`, [findingId]);
}

/** Findings, newest first; only open ones by default. */
export async function listDiscrepancies(
  db: Queryable,
  { state = 'open', limit = 1_000 }: { state?: FindingState | undefined; limit?: number } = {},
): Promise<NotedDiscrepancy[]> {
  const { rows } = await db.query<FindingRow>(
    `select ${FINDING_COLUMNS} from audit_finding
     where $1 = 'all' or (accepted_at is null) = ($1 = 'open') order by found_at desc, finding_id desc limit $2`,
    [state, limit],
  );
  return rows.map(findingOf);
}

/** Number of open findings. */
export async function countDiscrepancies(db: Queryable): Promise<number> {
  const row = await maybeOne<{ count: number }>(
    db,
    `select count(*)::int as count from audit_finding where accepted_at is null`,
  );
  return row?.count ?? 0;
}
