import type { TendingCounts } from '../contract/tending';
import { appendAudit } from '../registry/audit';
import { announce } from '../registry/audit-once';
import { transaction } from '../registry/database';
import { recordEvidence, type Evidence } from '../registry/evidence';
import { recordUsage, type ActiveBucket } from '../registry/storage-usage';
import type { BucketFacts } from './adapters/storage/bucket';
import type { BucketTended } from './adapters/storage/tend';
import type { Dependencies } from './dependencies';
import { failure } from './failures';

/** As often as stores with lifecycle rules look for what has expired; a little less than a day, so that a daily round does not miss one. */
const EXPIRE_EVERY_MS = 23 * 3_600_000;

/** Who is named in the audit trail when a tenant's right to write changes. */
const ACTOR = 'tend-storage';

/**
 * Looks after one tenant's bucket and keeps what was found: its usage, evidence where something was deleted or changed, and an audit entry
 * where the tenant may write no longer, or again. Nothing is kept of a bucket that is gone, or is somebody else's.
 */
export async function tendOne(
  { activity, pool, signal, storage }: Dependencies,
  region: string,
  { tenantId, operationId, provider, facts, expiredAt }: ActiveBucket,
): Promise<Partial<TendingCounts>> {
  const store = storage.forRegion(region);
  const now = new Date();
  const known = factsOf(facts);
  const expire = now.getTime() - (expiredAt?.getTime() ?? 0) >= EXPIRE_EVERY_MS;
  const audited = { tenantId, operationId, actor: ACTOR };
  const tended = await store.tend({
    ...{ tenantId, ...known, expire, now, signal: signal() },
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
  if (!tended)
    throw failure(
      'ResourceNotOurs',
      `The bucket of tenant ${tenantId} is gone, or does not carry our tags. It was left alone.`,
    );

  const { bytes, versions, over, deleted } = tended;
  const { quotaBytes } = known;
  await transaction(pool, async (client) => {
    const before = await recordUsage(client, { tenantId, region, bytes, versions, quotaBytes, over, expired: expire });
    const changed = before?.over !== over;
    const about = { tenantId, operationId, askedBy: activity(), probe: 'storage.tending', provider, region, at: now };
    await recordEvidence(client, [
      ...retentionEvidence(tended, known).map((entry) => ({ ...about, ...entry })),
      ...(changed ? quotaEvidence(tended, known).map((entry) => ({ ...about, ...entry })) : []),
    ]);
    if (changed && (before || over))
      await appendAudit(client, {
        ...audited,
        action: over ? 'storage.write-withdrawn' : 'storage.write-restored',
        detail: { bytes, quotaBytes: quotaBytes ?? null },
      });
  });
  return { buckets: 1, over: Number(over), ...deleted };
}

type Answer = Pick<Evidence, 'check' | 'claim' | 'passed' | 'answered'>;

function retentionEvidence({ deleted }: BucketTended, { retentionDays }: BucketFacts): Answer[] {
  const { versions, markers, uploads } = deleted;
  if (versions + markers + uploads === 0) return [];
  const claim =
    retentionDays === undefined
      ? 'Uploads that were never finished are given up'
      : `What the tenant replaced or deleted more than ${retentionDays} days ago is deleted for good`;
  const answered = `${versions} versions, ${markers} delete markers and ${uploads} unfinished uploads deleted`;
  return [{ check: 'storage.retention', claim, passed: true, answered }];
}

function quotaEvidence({ bytes, over }: BucketTended, { quotaBytes }: BucketFacts): Answer[] {
  if (quotaBytes === undefined) return [];
  const claim = `The tenant’s objects with all their versions are at most ${quotaBytes} bytes`;
  const answered = `${bytes} bytes${over ? '; the tenant can read and delete, and not write' : ''}`;
  return [{ check: 'storage.quota', claim, passed: !over, answered }];
}

/** The ledger's facts are what was written when the bucket was made; one made before there were any is only measured. */
function factsOf(facts: Record<string, unknown>): BucketFacts {
  const { retentionDays, quotaBytes, kmsKeyArn } = facts;
  return {
    retentionDays: typeof retentionDays === 'number' ? retentionDays : undefined,
    quotaBytes: typeof quotaBytes === 'number' ? quotaBytes : undefined,
    kmsKeyArn: typeof kmsKeyArn === 'string' ? kmsKeyArn : undefined,
  };
}
