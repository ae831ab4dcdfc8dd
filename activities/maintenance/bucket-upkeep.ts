import type { StorageUpkeepCounts } from '../../contract/maintenance/storage-upkeep';
import { appendAudit } from '../../registry/audit/trail';
import { announce } from '../../registry/audit/append-once';
import { transaction } from '../../registry/database';
import { recordEvidence, type Evidence } from '../../registry/evidence/evidence';
import { recordUsage, type TenantBucket } from '../../registry/maintenance/storage-usage';
import { storeMeasurement } from '../../registry/usage/measurements';
import { announceKept } from '../../registry/tenants/kept';
import { findLegalHold } from '../../registry/tenants/legal-holds';
import type { BucketFacts } from '../../providers/storage/bucket/bucket';
import type { BucketUpkeepResult } from '../../providers/storage/objects/upkeep';
import type { Dependencies, StorageWith } from '../dependencies';
import { failure } from '../../providers/port/failures';

/** Expired versions are deleted daily, as stores with lifecycle rules do it; a little less than a day, so that no daily round is missed. */
const EXPIRE_EVERY_MS = 23 * 3_600_000;

/** Actor in the audit trail when a tenant's right to write changes. */
const ACTOR = 'storage-upkeep';

/** What {@link maintainBucket} takes. */
export interface BucketUpkeepDependencies extends Pick<Dependencies, 'activity' | 'pool' | 'signal'> {
  storage: StorageWith<'maintain'>;
}

/**
 * Maintains one tenant's bucket and records the result: its size, also as usage, evidence of what was deleted or changed, and an audit entry when the
 * tenant loses or regains the right to write. While a legal hold stands, nothing is deleted. Records nothing for a bucket that is gone or someone else's.
 */
export async function maintainBucket(
  { activity, pool, signal, storage }: BucketUpkeepDependencies,
  region: string,
  { tenantId, operationId, provider, facts, expiredAt }: TenantBucket,
): Promise<Partial<StorageUpkeepCounts>> {
  const store = storage.forRegion(region);
  const now = new Date();
  const known = factsOf(facts);
  const hold = await findLegalHold(pool, tenantId);
  const expire = !hold && now.getTime() - (expiredAt?.getTime() ?? 0) >= EXPIRE_EVERY_MS;
  if (hold) await announceKept(pool, { tenantId, what: 'storage', holdId: hold.holdId });
  const audited = { tenantId, operationId, actor: ACTOR };
  const result = await store.maintain({
    tenantId,
    ...known,
    expire,
    held: async () => (await findLegalHold(pool, tenantId)) !== undefined,
    now,
    signal: signal(),
    beforeChange: (writable) =>
      announce(
        pool,
        {
          ...audited,
          action: writable ? 'storage.write-restoring' : 'storage.write-withdrawing',
          detail: { quotaBytes: known.quotaBytes ?? null },
        },
        { until: ['storage.write-withdrawn', 'storage.write-restored'] },
      ),
  });
  if (!result)
    throw failure(
      'ResourceNotOurs',
      `The bucket of tenant ${tenantId} is gone, or does not carry our tags. It was left alone.`,
    );

  const { bytes, versions, over, deleted } = result;
  const { quotaBytes } = known;
  await transaction(pool, async (client) => {
    const before = await recordUsage(client, { tenantId, region, bytes, versions, quotaBytes, over, expired: expire });
    const changed = before?.over !== over;
    const about = { tenantId, operationId, askedBy: activity(), probe: 'storage.upkeep', provider, region, at: now };
    await recordEvidence(client, [
      ...retentionEvidence(result, known).map((entry) => ({ ...about, ...entry })),
      ...(changed ? quotaEvidence(result, known).map((entry) => ({ ...about, ...entry })) : []),
    ]);
    if (changed && (before || over))
      await appendAudit(client, {
        ...audited,
        action: over ? 'storage.write-withdrawn' : 'storage.write-restored',
        detail: { bytes, quotaBytes: quotaBytes ?? null },
      });
  });
  await storeMeasurement(pool, { tenantId, meter: 'storage_bytes', value: bytes, at: now });
  return { buckets: 1, over: Number(over), held: Number(hold !== undefined), ...deleted };
}

type Answer = Pick<Evidence, 'check' | 'claim' | 'passed' | 'answered'>;

function retentionEvidence({ deleted }: BucketUpkeepResult, { retentionDays }: BucketFacts): Answer[] {
  const { versions, markers, uploads } = deleted;
  if (versions + markers + uploads === 0) return [];
  const claim =
    retentionDays === undefined
      ? 'Uploads that were never finished are discarded'
      : `What the tenant replaced or deleted more than ${retentionDays} days ago is deleted permanently`;
  const answered = `${versions} versions, ${markers} delete markers and ${uploads} unfinished uploads deleted`;
  return [{ check: 'storage.retention', claim, passed: true, answered }];
}

function quotaEvidence({ bytes, over }: BucketUpkeepResult, { quotaBytes }: BucketFacts): Answer[] {
  if (quotaBytes === undefined) return [];
  const claim = `The tenant’s objects with all their versions are at most ${quotaBytes} bytes`;
  const answered = `${bytes} bytes${over ? '; the tenant can read and delete, but not write' : ''}`;
  return [{ check: 'storage.quota', claim, passed: !over, answered }];
}

/** The ledger's facts were recorded when the bucket was made. A bucket that is older than such facts is only measured. */
function factsOf(facts: Record<string, unknown>): BucketFacts {
  const { retentionDays, quotaBytes, kmsKeyArn } = facts;
  return {
    retentionDays: typeof retentionDays === 'number' ? retentionDays : undefined,
    quotaBytes: typeof quotaBytes === 'number' ? quotaBytes : undefined,
    kmsKeyArn: typeof kmsKeyArn === 'string' ? kmsKeyArn : undefined,
  };
}
