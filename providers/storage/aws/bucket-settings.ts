import {
  GetBucketEncryptionCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { ResourceContext } from '../../port/kind';
import type { BucketSetting, BucketSpec } from '../bucket/bucket-settings';
import { unlessCode } from '../errors';
import { accessLogging } from './access-logging';
import { keyGrant } from './key-grant';
import { lifecycle } from './lifecycle';
import type { AwsStore } from './aws-store';

/** Blocks all public access, even if a policy or an access list should allow it one day. */
export const BLOCK_ALL_PUBLIC = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** Settings of a bucket that only AWS has. */
export function awsBucketSettings(
  store: Pick<AwsStore, 's3' | 'iam' | 'settings'>,
  context: ResourceContext<BucketSpec>,
): BucketSetting[] {
  const { s3 } = store;
  return [
    publicAccessBlock(s3, context),
    encryption(s3, context),
    lifecycle(s3, context),
    accessLogging(store, context),
    ...(context.spec.kmsKeyArn === undefined ? [] : [keyGrant(store, context, context.spec.kmsKeyArn)]),
  ];
}

function publicAccessBlock(s3: S3Client, { name: Bucket, signal }: ResourceContext<BucketSpec>): BucketSetting {
  const options = { abortSignal: signal };
  return {
    name: 'public access block',
    isSet: async () => {
      const answer = await unlessCode(
        s3.send(new GetPublicAccessBlockCommand({ Bucket }), options),
        'NoSuchPublicAccessBlockConfiguration',
      );
      const stored: Record<string, unknown> = { ...answer?.PublicAccessBlockConfiguration };
      return Object.keys(BLOCK_ALL_PUBLIC).every((key) => stored[key] === true);
    },
    set: () =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: BLOCK_ALL_PUBLIC }), options),
  };
}

/** Encryption under the tenant's own key if it has one, otherwise under a key of S3. */
function encryption(s3: S3Client, { name: Bucket, spec, signal }: ResourceContext<BucketSpec>): BucketSetting {
  const options = { abortSignal: signal };
  const { kmsKeyArn } = spec;
  const rule: ServerSideEncryptionRule =
    kmsKeyArn === undefined
      ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
      : {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKeyArn },
          // Saves calls to KMS: one for many objects instead of one per object.
          BucketKeyEnabled: true,
        };
  return {
    name: 'encryption',
    isSet: async () => {
      const answer = await unlessCode(
        s3.send(new GetBucketEncryptionCommand({ Bucket }), options),
        'ServerSideEncryptionConfigurationNotFoundError',
      );
      const { Rules = [] } = answer?.ServerSideEncryptionConfiguration ?? {};
      const [stored] = Rules;
      const { SSEAlgorithm, KMSMasterKeyID } = stored?.ApplyServerSideEncryptionByDefault ?? {};
      return (
        Rules.length === 1 &&
        SSEAlgorithm === rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm &&
        KMSMasterKeyID === kmsKeyArn &&
        (stored?.BucketKeyEnabled ?? false) === (rule.BucketKeyEnabled ?? false)
      );
    },
    set: () =>
      s3.send(
        new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
        options,
      ),
  };
}
