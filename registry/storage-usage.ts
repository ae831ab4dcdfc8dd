import { maybeOne, type Queryable } from './database';

/** A bucket of an active tenant, as the ledger has it. */
export interface ActiveBucket {
  tenantId: string;
  operationId: string;
  provider: string;
  facts: Record<string, unknown>;
  /** When was looked for expired versions last; null: never. */
  expiredAt: Date | null;
}

/** How much a bucket holds. */
export interface StorageUsage {
  /** Of all versions. */
  bytes: number;
  versions: number;
  /** Undefined where there is no quota. */
  quotaBytes: number | undefined;
  /** Since when it holds more than its quota and cannot be written to; null while it does not. */
  overSince: Date | null;
  measuredAt: Date;
}

/** What was measured, and whether the tenant may go on writing. */
export interface Measurement extends Pick<StorageUsage, 'bytes' | 'versions' | 'quotaBytes'> {
  tenantId: string;
  region: string;
  over: boolean;
  /** Whether was looked for expired versions, too. */
  expired: boolean;
}

/** A tenant that is above its quota since a while, or is not any more, and of which operators do not know yet. */
export interface QuotaChange extends Pick<StorageUsage, 'bytes' | 'quotaBytes' | 'overSince'> {
  tenantId: string;
  plan: string;
  region: string;
}

/** The next bucket in a region, by tenant id, whose tenant is active; undefined when there are no more. */
export async function nextActiveBucket(
  db: Queryable,
  region: string,
  after: string | undefined,
): Promise<ActiveBucket | undefined> {
  return maybeOne<ActiveBucket>(
    db,
    `select r.tenant_id as "tenantId", r.operation_id as "operationId", r.provider, r.facts, u.expired_at as "expiredAt"
     from resource r join operation o on o.operation_id = r.operation_id left join storage_usage u on u.tenant_id = r.tenant_id
     where r.kind = 'bucket' and r.state = 'present' and r.region = $1 and o.status = 'active' and r.tenant_id > $2
     order by r.tenant_id limit 1`,
    [region, after ?? ''],
  );
}

/** Keeps what was measured in place of what was before, and returns that; undefined when it is the first time. */
export async function recordUsage(
  db: Queryable,
  { tenantId, region, bytes, versions, quotaBytes, over, expired }: Measurement,
): Promise<{ over: boolean } | undefined> {
  return maybeOne<{ over: boolean }>(
    db,
    // the sub-select sees the row as it was; milliseconds, because that is what dates of JavaScript can be compared with
    `with before as (select over_since is not null as over from storage_usage where tenant_id = $1),
       written as (
         insert into storage_usage as u (tenant_id, region, bytes, versions, quota_bytes, over_since, expired_at, measured_at)
         values ($1, $2, $3, $4, $5, case when $6 then date_trunc('milliseconds', now()) end, case when $7 then now() end, now())
         on conflict (tenant_id) do update set region = excluded.region, bytes = excluded.bytes, versions = excluded.versions,
           quota_bytes = excluded.quota_bytes, measured_at = excluded.measured_at,
           over_since = case when $6 then coalesce(u.over_since, excluded.over_since) end,
           expired_at = coalesce(excluded.expired_at, u.expired_at)
       )
     select over from before`,
    [tenantId, region, bytes, versions, quotaBytes ?? null, over, expired],
  );
}

/** What a tenant's bucket held when it was measured last; undefined when it never was. */
export async function readUsage(db: Queryable, tenantId: string): Promise<StorageUsage | undefined> {
  const row = await maybeOne<{
    bytes: string;
    versions: string;
    quota_bytes: string | null;
    over_since: Date | null;
    measured_at: Date;
  }>(db, `select bytes, versions, quota_bytes, over_since, measured_at from storage_usage where tenant_id = $1`, [
    tenantId,
  ]);
  return (
    row && {
      bytes: Number(row.bytes),
      versions: Number(row.versions),
      quotaBytes: row.quota_bytes === null ? undefined : Number(row.quota_bytes),
      overSince: row.over_since,
      measuredAt: row.measured_at,
    }
  );
}

/** Tenants of which operators have to be told, at most `limit`, the longest above their quota first. */
export async function listQuotaChanges(db: Queryable, limit: number): Promise<QuotaChange[]> {
  const { rows } = await db.query<Omit<QuotaChange, 'bytes' | 'quotaBytes'> & { bytes: string; quota: string | null }>(
    `select u.tenant_id as "tenantId", o.plan, u.region, u.bytes, u.quota_bytes as quota, u.over_since as "overSince"
     from storage_usage u join operation o on o.tenant_id = u.tenant_id and o.kind = 'provision'
     where u.over_since is distinct from u.told_over_since
     order by u.over_since nulls last, u.tenant_id limit $1`,
    [limit],
  );
  return rows.map(({ bytes, quota, ...rest }) => ({
    ...rest,
    bytes: Number(bytes),
    quotaBytes: quota === null ? undefined : Number(quota),
  }));
}

/** Operators know of these changes; of one that has changed again meanwhile they do not. */
export async function markTold(db: Queryable, changes: readonly QuotaChange[]): Promise<void> {
  for (const { tenantId, overSince } of changes)
    await db.query(
      `update storage_usage set told_over_since = over_since where tenant_id = $1 and over_since is not distinct from $2`,
      [tenantId, overSince],
    );
}
