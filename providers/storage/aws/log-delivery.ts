import { GetUserCommand } from '@aws-sdk/client-iam';
import { PutBucketLifecycleConfigurationCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { required } from '../errors';
import type { Policy } from '../bucket/policy';
import { LOGS } from './access-logging';
import type { AwsStore } from './aws-store';

/** Days for which an access log is kept. */
export const LOG_DAYS = 365;

/**
 * Allows only S3 to write to the vault, and only the access logs of this account's tenant buckets. Logs expire after a year. Safe to
 * repeat.
 */
export async function admitAccessLogs({ s3, iam }: AwsStore, Bucket: string, signal: AbortSignal): Promise<void> {
  const options = { abortSignal: signal };
  const { User } = await iam.send(new GetUserCommand({}), options);
  const account = required(User?.Arn?.split(':')[4], 'the account');
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(logPolicy(Bucket, account)) }), options);
  const rule = {
    ID: 'access-logs',
    Status: 'Enabled' as const,
    Filter: { Prefix: LOGS },
    Expiration: { Days: LOG_DAYS },
  };
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }),
    options,
  );
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html. Without the condition on the account, a bucket
// with a matching name in any other account could fill the vault.
function logPolicy(vault: string, account: string): Policy {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AccessLogs',
        Effect: 'Allow',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: ['s3:PutObject'],
        Resource: `arn:aws:s3:::${vault}/${LOGS}*`,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::t-*' }, StringEquals: { 'aws:SourceAccount': account } },
      },
    ],
  };
}
