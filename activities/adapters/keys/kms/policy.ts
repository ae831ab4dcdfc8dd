import { dashName } from '../../../../contract/ids';

/**
 * Who may use a tenant's key: the account, which the control plane's own rights come from, and the tenant's storage user – through S3 and
 * for nothing else. The user is made after the key, and a policy can only name users there are; a condition can name anybody.
 */
export function keyPolicy(arn: string, tenantId: string): object {
  const [, partition, , region, account] = arn.split(':');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ControlPlane',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'TenantThroughStorage',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `s3.${region}.amazonaws.com` },
          ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${account}:user/*/${dashName(tenantId)}` },
        },
      },
    ],
  };
}
