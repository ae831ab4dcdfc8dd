import type { JWK } from 'jose';
import { readHead, type SignedHead } from '../contract/audit-head';
import { maybeOne, type Queryable } from './database';

/** A chain whose last entry is not the one its newest head was signed for. */
export interface MovedChain {
  tenantId: string;
  /** Of the last entry; 0 when none is left. */
  sequence: number;
}

/**
 * Chains of a region that are not as their newest head says, by tenant. Those that belong to no region – their order was never placed – count
 * to `home`'s. With `tenantId` only that one.
 */
export async function listMovedChains(
  db: Queryable,
  { region, home, tenantId }: { region: string; home: string; tenantId?: string | undefined },
): Promise<MovedChain[]> {
  const { rows } = await db.query<{ tenantId: string; sequence: string }>(
    `with last as (
       select distinct on (tenant_id) tenant_id, sequence, hash from audit_entry
       where $3::text is null or tenant_id = $3 order by tenant_id, sequence desc
     ), head as (
       select distinct on (tenant_id) tenant_id, sequence, hash, region from audit_head
       where $3::text is null or tenant_id = $3 order by tenant_id, sequence desc
     )
     select chain.tenant_id as "tenantId", chain.sequence
     from (
       select tenant_id, coalesce(last.sequence, 0) as sequence, head.region from last full join head using (tenant_id)
       where (last.sequence, last.hash) is distinct from (head.sequence, head.hash)
     ) chain left join operation on operation.tenant_id = chain.tenant_id and operation.kind = 'provision'
     where coalesce(chain.region, operation.region, $2) = $1 order by chain.tenant_id`,
    [region, home, tenantId ?? null],
  );
  return rows.map((row) => ({ tenantId: row.tenantId, sequence: Number(row.sequence) }));
}

/** Notes a head that lies in its region's vault; noting it again changes nothing. */
export async function recordHead(
  db: Queryable,
  { head, keyId, region }: { head: SignedHead; keyId: string; region: string },
): Promise<void> {
  const { tenantId, sequence, hash } = readHead(head);
  await db.query(
    `insert into audit_head (tenant_id, sequence, hash, key_id, region, head) values ($1, $2, decode($3, 'hex'), $4, $5, $6)
     on conflict (tenant_id, sequence) do nothing`,
    [tenantId, sequence, hash, keyId, region, JSON.stringify(head)],
  );
}

/** The newest head of a chain that was exported, or undefined. */
export async function findHead(db: Queryable, tenantId: string): Promise<SignedHead | undefined> {
  const row = await maybeOne<{ head: SignedHead }>(
    db,
    `select head from audit_head where tenant_id = $1 order by sequence desc limit 1`,
    [tenantId],
  );
  return row?.head;
}

/** Makes a public key known; a known one stays as it is. */
export async function registerAuditKey(db: Queryable, keyId: string, publicJwk: JWK): Promise<void> {
  await db.query(`insert into audit_key (key_id, public_jwk) values ($1, $2) on conflict (key_id) do nothing`, [
    keyId,
    JSON.stringify(publicJwk),
  ]);
}

/** Every public key heads were ever signed with, the newest first. */
export async function listAuditKeys(db: Queryable): Promise<JWK[]> {
  const { rows } = await db.query<{ jwk: JWK }>(`select public_jwk as jwk from audit_key order by since desc, key_id`);
  return rows.map(({ jwk }) => jwk);
}

/** A chain that was found not to extend its newest head. */
export interface AuditDiscrepancy {
  tenantId: string;
  region: string;
  /** Of the entry it is about; 0 where it is about none. */
  sequence: number;
  problem: string;
}

/** One that was noted. */
export interface NotedDiscrepancy extends AuditDiscrepancy {
  findingId: string;
  foundAt: Date;
}

const COLUMNS = `finding_id as "findingId", tenant_id as "tenantId", region, sequence::int, problem, found_at as "foundAt"`;

/** Notes it, once; undefined when operators were told of it already. */
export async function noteDiscrepancy(
  db: Queryable,
  { tenantId, region, sequence, problem }: AuditDiscrepancy,
): Promise<NotedDiscrepancy | undefined> {
  return maybeOne<NotedDiscrepancy>(
    db,
    `insert into audit_finding (tenant_id, region, sequence, problem) values ($1, $2, $3, $4)
     on conflict (tenant_id, sequence, problem) do update set region = excluded.region where audit_finding.told_at is null
     returning ${COLUMNS}`,
    [tenantId, region, sequence, problem],
  );
}

/** Notes that operators were told. */
export async function markTold(db: Queryable, findingId: string): Promise<void> {
  await db.query(`update audit_finding set told_at = now() where finding_id = $1`, [findingId]);
}

/** Everything that was found, newest first. */
export async function listDiscrepancies(db: Queryable, limit = 1_000): Promise<NotedDiscrepancy[]> {
  const { rows } = await db.query<NotedDiscrepancy>(
    `select ${COLUMNS} from audit_finding order by found_at desc, finding_id desc limit $1`,
    [limit],
  );
  return rows;
}

/** How many were found. */
export async function countDiscrepancies(db: Queryable): Promise<number> {
  const row = await maybeOne<{ count: number }>(db, `select count(*)::int as count from audit_finding`);
  return row?.count ?? 0;
}
