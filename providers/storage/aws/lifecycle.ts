import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceContext } from '../../port/kind';
import type { BucketSetting, BucketSpec } from '../bucket/bucket-settings';
import { unlessCode } from '../errors';
import { uploadDays } from '../objects/retention';

/** Lifecycle rules of a tenant's bucket: abort unfinished uploads, and expire replaced or deleted versions after the retention period. */
export function lifecycle(s3: S3Client, { name: Bucket, spec, signal }: ResourceContext<BucketSpec>): BucketSetting {
  const options = { abortSignal: signal };
  const Rules = rulesFor(spec);
  return {
    name: 'lifecycle',
    isSet: async () => {
      const answer = await unlessCode(
        s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options),
        'NoSuchLifecycleConfiguration',
      );
      return isDeepStrictEqual(comparable(answer?.Rules ?? []), comparable(Rules));
    },
    set: () =>
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }), options),
  };
}

/**
 * Disables every lifecycle rule of a bucket, or enables the ones again that were disabled; the rules themselves stay as they are. Does nothing
 * if they are so already.
 */
export async function pauseLifecycle(
  s3: S3Client,
  Bucket: string,
  paused: boolean,
  abortSignal: AbortSignal,
): Promise<void> {
  const options = { abortSignal };
  const answer = await unlessCode(
    s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options),
    'NoSuchLifecycleConfiguration',
  );
  const stored = answer?.Rules ?? [];
  const Status = paused ? 'Disabled' : 'Enabled';
  if (stored.every((rule) => rule.Status === Status)) return;
  const Rules = stored.map((rule) => ({ ...rule, Status }) satisfies LifecycleRule);
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }), options);
}

function rulesFor({ retentionDays }: BucketSpec): LifecycleRule[] {
  const everything = { Status: 'Enabled' as const, Filter: { Prefix: '' } };
  const unfinished: LifecycleRule = {
    ID: 'unfinished-uploads',
    ...everything,
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: uploadDays(retentionDays) },
  };
  if (retentionDays === undefined) return [unfinished];
  const retention: LifecycleRule = {
    ID: 'retention',
    ...everything,
    NoncurrentVersionExpiration: { NoncurrentDays: retentionDays },
    Expiration: { ExpiredObjectDeleteMarker: true },
  };
  return [retention, unfinished];
}

/** Rules in a comparable form: sorted, and with one form for a filter that matches everything, which stores write in several ways. */
function comparable(rules: LifecycleRule[]): unknown[] {
  return rules
    .map((rule) => [
      rule.ID,
      rule.Status,
      rule.Filter?.Prefix ?? '',
      rule.Filter?.Tag ?? rule.Filter?.And ?? null,
      rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
      rule.NoncurrentVersionExpiration?.NoncurrentDays ?? null,
      rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions ?? null,
      rule.Expiration?.ExpiredObjectDeleteMarker ?? null,
      rule.Expiration?.Days ?? rule.Expiration?.Date ?? null,
      (rule.Transitions?.length ?? 0) + (rule.NoncurrentVersionTransitions?.length ?? 0),
    ])
    .map((rule) => JSON.stringify(rule))
    .sort();
}
