import {
  GetBucketEncryptionCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { ResourceContext } from '../../../kind';
import type { BucketSetting, BucketSpec } from '../bucket-settings';
import { unlessCode } from '../errors';
import { accessLogging } from './access-logging';
import { keyGrant } from './key-grant';
import { lifecycle } from './lifecycle';
import type { AwsStore } from './store';

/** Everything that keeps the public out, whatever a policy or an access list may say one day. */
export const NOTHING_PUBLIC = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** What S3 itself has beyond the common settings. */
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
      return Object.keys(NOTHING_PUBLIC).every((key) => stored[key] === true);
    },
    set: () =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: NOTHING_PUBLIC }), options),
  };
}

/** Under the tenant's own key where it has one, else under a key of S3. */
function encryption(s3: S3Client, { name: Bucket, spec, signal }: ResourceContext<BucketSpec>): BucketSetting {
  const options = { abortSignal: signal };
  const { kmsKeyArn } = spec;
  const rule: ServerSideEncryptionRule =
    kmsKeyArn === undefined
      ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
      : {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKeyArn },
          // One call to KMS for many objects instead of one each.
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
