import { GetBucketLoggingCommand, PutBucketLoggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../../config/regions';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { vaultName } from '../vault-name';

/** Where S3 writes the access logs of all tenants in a vault. */
export const LOGS = 'logs/';

/**
 * Access to a tenant's bucket is logged into the region's vault, below `logs/<account>/<region>/<bucket>/<year>/<month>/<day>/`; by S3, within
 * hours and as well as it can.
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
      const isApart = stored?.TargetObjectKeyFormat?.SimplePrefix === undefined;
      return stored?.TargetBucket === TargetBucket && stored.TargetPrefix === LOGS && isApart;
    },
    set: () => s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }), options),
  };
}
