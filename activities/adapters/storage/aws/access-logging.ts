import { GetBucketLoggingCommand, PutBucketLoggingCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../../config/regions';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { vaultName } from '../vault-name';

/** Where S3 writes the access logs of all tenants in a vault. */
export const LOGS = 'logs/';

/** Access to a tenant's bucket is logged into the region's vault, below `logs/<tenantId>/`; by S3, within hours and as well as it can. */
export function accessLogging(
  { s3, settings }: { s3: S3Client; settings: StorageSettings },
  { name: Bucket, region, tenantId, signal }: ResourceContext<BucketSpec>,
): BucketSetting {
  const options = { abortSignal: signal };
  const TargetBucket = vaultName(settings, region);
  const TargetPrefix = `${LOGS}${tenantId}/`;
  return {
    name: 'access logging',
    isSet: async () => {
      const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }), options);
      return LoggingEnabled?.TargetBucket === TargetBucket && LoggingEnabled.TargetPrefix === TargetPrefix;
    },
    set: () =>
      s3.send(
        new PutBucketLoggingCommand({
          Bucket,
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix } },
        }),
        options,
      ),
  };
}
