import {
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  PutBucketCorsCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  type CORSRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import type { ResourceContext } from '../../port/kind';
import { required, unlessCode } from '../errors';
import { isMarked, marks } from '../marks';

/** Spec of a tenant's bucket. */
export interface BucketSpec {
  versioning: boolean;
  /** Web origins (e.g. `https://app.example`) that may use the bucket from a browser; empty: no cross-origin access. */
  corsOrigins: string[];
  /** Days for which replaced or deleted versions are kept; undefined: for ever. */
  retentionDays?: number | undefined;
  /** Limit in bytes for all versions together; undefined: no limit. */
  quotaBytes?: number | undefined;
  /** ARN of the tenant's own KMS key that encrypts its objects; undefined: a key of the store, if it has one. */
  kmsKeyArn?: string | undefined;
}

/** One setting of a bucket, with methods to check and to apply it. Both are safe to repeat. */
export interface BucketSetting {
  readonly name: string;
  isSet(): Promise<boolean>;
  set(): Promise<unknown>;
}

/**
 * The settings that every S3 store supports except the policy. A bucket is complete once it has these, its policy and the provider's own
 * settings.
 */
export function commonSettings(client: S3Client, context: ResourceContext<BucketSpec>): BucketSetting[] {
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
  ];
}

/** A bucket's tags, possibly none. Throws `NoSuchBucket` if the bucket does not exist. */
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

/** Compares every part of the rules, so that a rule widened by hand is noticed and reset. */
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
      // A browser needs the ETag of each part to complete a multipart upload.
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 3600,
    },
  ];
}
