import { GetUserCommand } from '@aws-sdk/client-iam';
import { PutBucketLifecycleConfigurationCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { required } from '../errors';
import type { Policy } from '../policy';
import { LOGS } from './access-logging';
import type { AwsStore } from './store';

/** Days an access log is kept. */
const LOG_DAYS = 365;

/**
 * Lets S3 write the access logs of this account's tenant buckets into the vault, and nobody else anything; they go after a year. Repeating
 * it is harmless.
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

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html; without the account anybody's bucket of such a
// name could fill the vault.
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
