import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { unlessCode } from '../errors';

const BLOCK = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const UNFINISHED_UPLOADS = 'unfinished-uploads';

/** What S3 itself has beyond the common settings: no public access, encryption with keys of S3, an end to unfinished uploads after 7 days. */
export function awsBucketSettings(s3: S3Client, context: ResourceContext<BucketSpec>): BucketSetting[] {
  const Bucket = context.name;
  const options = { abortSignal: context.signal };
  return [
    {
      name: 'public access block',
      isSet: async () => {
        const answer = await unlessCode(
          s3.send(new GetPublicAccessBlockCommand({ Bucket }), options),
          'NoSuchPublicAccessBlockConfiguration',
        );
        const stored: Record<string, unknown> = { ...answer?.PublicAccessBlockConfiguration };
        return Object.keys(BLOCK).every((key) => stored[key] === true);
      },
      set: () => s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: BLOCK }), options),
    },
    {
      name: 'encryption',
      isSet: async () => {
        const answer = await unlessCode(
          s3.send(new GetBucketEncryptionCommand({ Bucket }), options),
          'ServerSideEncryptionConfigurationNotFoundError',
        );
        const [rule] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
        return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm === 'AES256';
      },
      set: () =>
        s3.send(
          new PutBucketEncryptionCommand({
            Bucket,
            ServerSideEncryptionConfiguration: {
              Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
            },
          }),
          options,
        ),
    },
    {
      name: 'lifecycle',
      isSet: async () => {
        const answer = await unlessCode(
          s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }), options),
          'NoSuchLifecycleConfiguration',
        );
        return (answer?.Rules ?? []).some((rule) => rule.ID === UNFINISHED_UPLOADS && rule.Status === 'Enabled');
      },
      set: () =>
        s3.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: {
              Rules: [
                {
                  ID: UNFINISHED_UPLOADS,
                  Status: 'Enabled',
                  Filter: { Prefix: '' },
                  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
                },
              ],
            },
          }),
          options,
        ),
    },
  ];
}
