import { GetBucketLoggingCommand, PutBucketLoggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../config/regions';
import type { ResourceContext } from '../../port/kind';
import type { BucketSetting, BucketSpec } from '../bucket/bucket-settings';
import { vaultName } from '../vault/vault-name';

/** Prefix in a vault under which S3 writes all tenants' access logs. */
export const LOGS = 'logs/';

/**
 * Makes S3 log access to a tenant's bucket into the region's vault, below `logs/<account>/<region>/<bucket>/<year>/<month>/<day>/`. S3
 * delivers the logs within hours, on a best-effort basis.
 */
export function accessLogging(
  { s3, settings }: { s3: S3Client; settings: StorageSettings },
  { name: Bucket, region, signal }: ResourceContext<BucketSpec>,
): BucketSetting {
  const options = { abortSignal: signal };
  const TargetBucket = vaultName(settings, region);
  const LoggingEnabled = {
    TargetBucket,
    TargetPrefix: LOGS,
    TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'EventTime' as const } },
  };
  return {
    name: 'access logging',
    isSet: async () => {
      const { LoggingEnabled: stored } = await s3.send(new GetBucketLoggingCommand({ Bucket }), options);
      const isPartitioned = stored?.TargetObjectKeyFormat?.SimplePrefix === undefined;
      return stored?.TargetBucket === TargetBucket && stored.TargetPrefix === LOGS && isPartitioned;
    },
    set: () => s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }), options),
  };
}
