import {
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  PutBucketCorsCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  type CORSRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceContext } from '../../kind';
import { required, unlessCode } from './errors';
import { isMarked, marks } from './marks';
import { samePolicy, type Policy } from './policy';

/** What a tenant's bucket is asked to be. */
export interface BucketSpec {
  versioning: boolean;
  /** Web origins (`https://app.example`) that may use the bucket from a browser; none: no cross-origin access. */
  corsOrigins: string[];
  /** Days after which a version is gone that the tenant has replaced or deleted; without it none ever is. */
  retentionDays?: number | undefined;
  /** Bytes of all versions together; without it there is no limit. */
  quotaBytes?: number | undefined;
  /** The tenant's own key that its objects are encrypted under; without it a key of the store's, where it has any. */
  kmsKeyArn?: string | undefined;
}

/** One thing a bucket is set to: whether it is, and how to set it. Both may be repeated. */
export interface BucketSetting {
  readonly name: string;
  isSet(): Promise<boolean>;
  set(): Promise<unknown>;
}

/** The settings every S3 store has. A bucket that has them all, and the provider's own, is whole. */
export function commonSettings(
  client: S3Client,
  context: ResourceContext<BucketSpec>,
  policy: Policy,
): BucketSetting[] {
  const Bucket = context.name;
  const options = { abortSignal: context.signal };
  return [
    {
      name: 'tags',
      isSet: async () => isMarked(await bucketTags(client, Bucket, context.signal), context.tenantId),
      set: () => client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: marks(context) } }), options),
    },
    {
      name: 'ownership',
      isSet: async () => {
        const answer = await unlessCode(
          client.send(new GetBucketOwnershipControlsCommand({ Bucket }), options),
          'OwnershipControlsNotFoundError',
        );
        return answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership === 'BucketOwnerEnforced';
      },
      set: () =>
        client.send(
          new PutBucketOwnershipControlsCommand({
            Bucket,
            OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          }),
          options,
        ),
    },
    {
      name: 'versioning',
      isSet: async () => {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options);
        return (Status === 'Enabled') === context.spec.versioning;
      },
      set: () =>
        client.send(
          new PutBucketVersioningCommand({
            Bucket,
            VersioningConfiguration: { Status: context.spec.versioning ? 'Enabled' : 'Suspended' },
          }),
          options,
        ),
    },
    {
      name: 'cors',
      isSet: async () => sameCors(await bucketCors(client, Bucket, context.signal), context.spec.corsOrigins),
      set: () => setCors(client, context),
    },
    {
      name: 'policy',
      isSet: async () => {
        const stored = await unlessCode(
          client.send(new GetBucketPolicyCommand({ Bucket }), options),
          'NoSuchBucketPolicy',
        );
        return samePolicy(stored?.Policy, policy);
      },
      set: () => client.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }), options),
    },
  ];
}

/** A bucket's tags; none when it has none. Throws `NoSuchBucket` when there is no bucket. */
export async function bucketTags(
  client: S3Client,
  Bucket: string,
  abortSignal: AbortSignal,
): Promise<{ Key: string | undefined; Value: string | undefined }[]> {
  const answer = await unlessCode(
    client.send(new GetBucketTaggingCommand({ Bucket }), { abortSignal }),
    'NoSuchTagSet',
  );
  if (!answer) return [];
  return required(answer.TagSet, 'the tags').map(({ Key, Value }) => ({ Key, Value }));
}

async function bucketCors(client: S3Client, Bucket: string, abortSignal: AbortSignal): Promise<CORSRule[]> {
  const answer = await unlessCode(
    client.send(new GetBucketCorsCommand({ Bucket }), { abortSignal }),
    'NoSuchCORSConfiguration',
  );
  return answer?.CORSRules ?? [];
}

/** Everything is compared: a rule that somebody has widened is not ours any more. */
function sameCors(stored: CORSRule[], origins: string[]): boolean {
  return isDeepStrictEqual(stored.map(comparable), corsRules(origins).map(comparable));
}

function comparable(rule: CORSRule): unknown[] {
  const { AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, MaxAgeSeconds } = rule;
  const lists = [AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders];
  return [...lists.map((list) => [...(list ?? [])].sort()), MaxAgeSeconds];
}

function setCors(client: S3Client, { name: Bucket, spec, signal }: ResourceContext<BucketSpec>): Promise<unknown> {
  const CORSRules = corsRules(spec.corsOrigins);
  const abortSignal = signal;
  if (CORSRules.length === 0) return client.send(new DeleteBucketCorsCommand({ Bucket }), { abortSignal });
  return client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }), { abortSignal });
}

function corsRules(origins: string[]): CORSRule[] {
  if (origins.length === 0) return [];
  return [
    {
      AllowedOrigins: origins,
      AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      AllowedHeaders: ['*'],
      // A browser needs it to complete an upload in parts.
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 3600,
    },
  ];
}
