import type { JWK } from 'jose';
import { readHead, type HeadPlace, type SignedHead } from '../../contract/audit/head';
import { maybeOne, type Queryable } from '../database';

/** A chain whose last entry is not the one that its newest head signs. */
export interface MovedChain {
  tenantId: string;
  /** Sequence of the last entry; 0 if none is left. */
  sequence: number;
}

/** SQL of all heads. A chain's newest head is the one with the highest generation and, within it, the highest sequence. */
const HEADS = `(select tenant_id, 0 as generation, sequence, hash, region, head from audit_head
  union all select tenant_id, generation, sequence, hash, region, head from audit_later_head) heads`;

/**
 * Chains of a region that differ from their newest head, by tenant. Chains without a region, because their order was never placed, belong
 * to the region `home`. With `tenantId`, only that tenant's chain.
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
       select distinct on (tenant_id) tenant_id, sequence, hash, region from ${HEADS}
       where $3::text is null or tenant_id = $3 order by tenant_id, generation desc, sequence desc
     )
     select chain.tenant_id as "tenantId", chain.sequence
     from (
       select tenant_id, coalesce(last.sequence, 0) as sequence, head.region from last full join head using (tenant_id)
       where (last.sequence, last.hash) is distinct from (head.sequence, head.hash)
     ) chain left join tenant on tenant.tenant_id = chain.tenant_id
     where coalesce(chain.region, tenant.region, $2) = $1 order by chain.tenant_id`,
    [region, home, tenantId ?? null],
  );
  return rows.map((row) => ({ tenantId: row.tenantId, sequence: Number(row.sequence) }));
}

/** A head that is stored in its region's vault. */
export interface ExportedHead extends Pick<HeadPlace, 'generation'> {
  head: SignedHead;
  keyId: string;
  region: string;
}

/** Records a head that is stored in its region's vault; repeating it changes nothing. */
export async function recordHead(db: Queryable, { head, keyId, region, generation }: ExportedHead): Promise<void> {
  const { tenantId, sequence, hash } = readHead(head);
  const values = [tenantId, sequence, hash, keyId, region, JSON.stringify(head)];
  await (generation === 0
    ? db.query(
        `insert into audit_head (tenant_id, sequence, hash, key_id, region, head) values ($1, $2, decode($3, 'hex'), $4, $5, $6)
         on conflict (tenant_id, sequence) do nothing`,
        values,
      )
    : db.query(
        `insert into audit_later_head (tenant_id, sequence, hash, key_id, region, head, generation)
         values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7) on conflict (tenant_id, generation, sequence) do nothing`,
        [...values, generation],
      ));
}

/** The newest exported head of a chain, or undefined. */
export async function findHead(db: Queryable, tenantId: string): Promise<SignedHead | undefined> {
  const row = await maybeOne<{ head: SignedHead }>(
    db,
    `select head from ${HEADS} where tenant_id = $1 order by generation desc, sequence desc limit 1`,
    [tenantId],
  );
  return row?.head;
}

/** Stores a public key; one that is already stored stays as it is. */
export async function registerAuditKey(db: Queryable, keyId: string, publicJwk: JWK): Promise<void> {
  await db.query(`insert into audit_key (key_id, public_jwk) values ($1, $2) on conflict (key_id) do nothing`, [
    keyId,
    JSON.stringify(publicJwk),
  ]);
}

/** Every public key with which heads were ever signed, newest first. */
export async function listAuditKeys(db: Queryable): Promise<JWK[]> {
  const { rows } = await db.query<{ jwk: JWK }>(`select public_jwk as jwk from audit_key order by since desc, key_id`);
  return rows.map(({ jwk }) => jwk);
}
