import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { unlessCode } from '../errors';
import { uploadDays } from '../retention';

/** Lifecycle rules of a tenant's bucket: unfinished uploads end, and what the tenant has replaced or deleted goes after its retention. */
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

/** What a rule does, in an order of its own; stores write a filter for everything in more than one way. */
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
