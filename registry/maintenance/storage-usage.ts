import { SCHEDULED_STATES } from '../../contract/tenants/states';
import { maybeOne, type Queryable } from '../database';
import { HOLD_STANDS } from '../tenants/legal-holds';

/** A tenant's bucket, from the ledger. */
export interface TenantBucket {
  tenantId: string;
  operationId: string;
  provider: string;
  facts: Record<string, unknown>;
  /** When expired versions were last looked for; null if never. */
  expiredAt: Date | null;
}

/** How much a bucket holds. */
export interface StorageUsage {
  /** Total of all versions. */
  bytes: number;
  versions: number;
  /** Undefined if there is no quota. */
  quotaBytes: number | undefined;
  /** Since when the bucket has been over its quota and cannot be written to; null while it is not. */
  overSince: Date | null;
  measuredAt: Date;
}

/** A new measurement of a tenant's bucket. */
export interface Measurement extends Pick<StorageUsage, 'bytes' | 'versions' | 'quotaBytes'> {
  tenantId: string;
  region: string;
  /** Whether the bucket is over its quota, so that the tenant must not write any more. */
  over: boolean;
  /** Whether expired versions were looked for, too. */
  expired: boolean;
}

/** A tenant that has gone over its quota, or back under it, and of which operators have not been notified yet. */
export interface QuotaChange extends Pick<StorageUsage, 'bytes' | 'quotaBytes' | 'overSince'> {
  tenantId: string;
  plan: string;
  region: string;
}

/**
 * The next bucket in a region of a tenant in {@link SCHEDULED_STATES}, or on which a legal hold stands, by tenant id after `after`; undefined if
 * there are no more.
 */
export async function nextBucket(
  db: Queryable,
  region: string,
  after: string | undefined,
): Promise<TenantBucket | undefined> {
  return maybeOne<TenantBucket>(
    db,
    `select r.tenant_id as "tenantId", r.operation_id as "operationId", r.provider, r.facts, u.expired_at as "expiredAt"
     from resource r join tenant t on t.tenant_id = r.tenant_id left join storage_usage u on u.tenant_id = r.tenant_id
     where r.kind = 'bucket' and r.state = 'present' and r.region = $1 and r.tenant_id > $2
       and (t.state = any($3) or t.state <> 'gone' and exists (select from legal_hold where legal_hold.tenant_id = r.tenant_id and ${HOLD_STANDS}))
     order by r.tenant_id limit 1`,
    [region, after ?? '', SCHEDULED_STATES],
  );
}

/**
 * Stores a measurement in place of the previous one, and returns whether that one was over the quota; undefined for a first measurement.
 */
export async function recordUsage(
  db: Queryable,
  { tenantId, region, bytes, versions, quotaBytes, over, expired }: Measurement,
): Promise<{ over: boolean } | undefined> {
  return maybeOne<{ over: boolean }>(
    db,
    // `before` sees the row as it was before the update. Times are cut to milliseconds, so that they compare equal to JavaScript dates.
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

/** The latest measurement of a tenant's bucket; undefined if there is none. */
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

/** Up to `limit` quota changes of which operators must be notified, those over their quota the longest first. */
export async function listQuotaChanges(db: Queryable, limit: number): Promise<QuotaChange[]> {
  const { rows } = await db.query<Omit<QuotaChange, 'bytes' | 'quotaBytes'> & { bytes: string; quota: string | null }>(
    `select u.tenant_id as "tenantId", t.plan, u.region, u.bytes, u.quota_bytes as quota, u.over_since as "overSince"
     from storage_usage u join tenant t on t.tenant_id = u.tenant_id
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

/** Records that operators have been notified of these changes. A change that has happened since then is still to be reported. */
export async function markTold(db: Queryable, changes: readonly QuotaChange[]): Promise<void> {
  for (const { tenantId, overSince } of changes)
    await db.query(
      `update storage_usage set told_over_since = over_since where tenant_id = $1 and over_since is not distinct from $2`,
      [tenantId, overSince],
    );
}
