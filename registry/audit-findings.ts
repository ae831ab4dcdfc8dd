import type { ChainPart, HeadName } from '../contract/audit-acceptance';
import { headPlaceOf } from '../contract/audit-head';
import { maybeOne, type Queryable } from './database';

/** A chain that was found not to extend its newest head. */
export interface AuditDiscrepancy {
  tenantId: string;
  region: string;
  /** Of the entry it is about; 0 where it is about none. */
  sequence: number;
  problem: string;
  /** The newest head in the vault; absent when there is none. */
  head?: HeadName | undefined;
  /** The chain as it was found; absent for what an earlier version has noted. */
  chain?: ChainPart | undefined;
}

/** An operator's word on a finding. */
export interface FindingAcceptance {
  by: string;
  at: Date;
  reason: string;
  /** Sequence of the entry in the trail that says so. */
  entry: number;
}

/** One that was noted. */
export interface NotedDiscrepancy extends AuditDiscrepancy {
  findingId: string;
  foundAt: Date;
  /** Whether operators were told. */
  told: boolean;
  acceptance?: FindingAcceptance | undefined;
}

/** Which findings. */
export type FindingState = 'open' | 'accepted' | 'all';

/** SQL of a finding's id as callers know it. */
export const FINDING_ID = `'af_' || finding_id`;

/** Every column of a finding. */
export const FINDING_COLUMNS = `${FINDING_ID} as "findingId", tenant_id as "tenantId", region, sequence::int, problem,
  found_at as "foundAt", told_at is not null as told, head_key as "headKey", encode(head_hash, 'hex') as "headHash",
  chain_until::int as "chainUntil", encode(chain_hash, 'hex') as "chainHash",
  accepted_at as "acceptedAt", accepted_by as "acceptedBy", accepted_reason as "acceptedReason", accepted_in::int as "acceptedIn"`;

/** A finding as its row has it. */
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

/** The finding of a row. */
export function findingOf(row: FindingRow): NotedDiscrepancy {
  const { findingId, tenantId, region, sequence, problem, foundAt, told, headKey, headHash } = row;
  const { chainUntil, chainHash, acceptedAt, acceptedBy, acceptedReason, acceptedIn } = row;
  return {
    ...{ findingId, tenantId, region, sequence, problem, foundAt, told },
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

/** Notes it. What stands there in the same words already is the same finding; its head and chain are filled in where they are not known yet. */
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

/** The newest finding of a trail, accepted or not; undefined when there never was one. */
export async function newestDiscrepancy(db: Queryable, tenantId: string): Promise<NotedDiscrepancy | undefined> {
  const row = await maybeOne<FindingRow>(
    db,
    `select ${FINDING_COLUMNS} from audit_finding where tenant_id = $1 order by finding_id desc limit 1`,
    [tenantId],
  );
  return row && findingOf(row);
}

/** Notes that operators were told. */
export async function markTold(db: Queryable, findingId: string): Promise<void> {
  await db.query(`update audit_finding set told_at = now() where ${FINDING_ID} = $1`, [findingId]);
}

/** What was found, newest first; what is open unless told otherwise. */
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

/** How many are open. */
export async function countDiscrepancies(db: Queryable): Promise<number> {
  const row = await maybeOne<{ count: number }>(
    db,
    `select count(*)::int as count from audit_finding where accepted_at is null`,
  );
  return row?.count ?? 0;
}
