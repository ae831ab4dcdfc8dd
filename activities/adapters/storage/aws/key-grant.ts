import { GetUserPolicyCommand, PutUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import type { StorageSettings } from '../../../../config/regions';
import { dashName } from '../../../../contract/ids';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { unlessCode } from '../errors';
import { samePolicy, type Policy } from '../policy';

/** The name of the policy that lets a tenant's user have its objects encrypted. */
const PolicyName = 'tenant-key';

/**
 * The tenant's user may use its own key, through S3 only: whoever asks for an object under a KMS key needs that key, too. It goes with
 * the user.
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
    name: 'grant of the key',
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
