import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
} from '@aws-sdk/client-s3';
import { KMS_KEY, type UNDOINGS } from './capabilities';

/** Removals of bucket settings that exist only at AWS, for a bucket with a key of the tenant's own. */
export const AWS_UNDOINGS: typeof UNDOINGS = [
  ['public access block', (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket }))],
  ['encryption under the key', (s3, Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket }))],
  [
    'encryption under that very key',
    (s3, Bucket) => {
      const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: `${KMS_KEY}6` };
      const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }];
      return s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    },
  ],
  ['lifecycle', (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket }))],
  [
    'days of the lifecycle',
    async (s3, Bucket) => {
      const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      const shorter = Rules.map((rule) =>
        rule.NoncurrentVersionExpiration ? { ...rule, NoncurrentVersionExpiration: { NoncurrentDays: 1 } } : rule,
      );
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: shorter } }));
    },
  ],
  ['access logging', (s3, Bucket) => s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }))],
  ['policy', (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket }))],
];
