import { GetUserPolicyCommand, PutUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import type { StorageSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import type { ResourceContext } from '../../port/kind';
import type { BucketSetting, BucketSpec } from '../bucket/bucket-settings';
import { unlessCode } from '../errors';
import { samePolicy, type Policy } from '../bucket/policy';

/** The inline policy that lets a tenant's user use the tenant's KMS key. */
const PolicyName = 'tenant-key';

/**
 * Lets the tenant's user use the tenant's own KMS key, but only through S3. Reading or writing an object under a KMS key requires
 * permission to use that key. The grant is deleted together with the user.
 */
export function keyGrant(
  { iam, settings }: { iam: IAMClient; settings: StorageSettings },
  { tenantId, signal }: ResourceContext<BucketSpec>,
  kmsKeyArn: string,
): BucketSetting {
  const options = { abortSignal: signal };
  const UserName = dashName(tenantId);
  const policy: Policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TenantKeyThroughS3',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: [kmsKeyArn],
        Condition: { StringEquals: { 'kms:ViaService': [`s3.${settings.region}.amazonaws.com`] } },
      },
    ],
  };
  return {
    name: 'key grant',
    isSet: async () => {
      const stored = await unlessCode(
        iam.send(new GetUserPolicyCommand({ UserName, PolicyName }), options),
        'NoSuchEntity',
      );
      return samePolicy(stored?.PolicyDocument && decodeURIComponent(stored.PolicyDocument), policy);
    },
    set: () =>
      iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(policy) }), options),
  };
}
