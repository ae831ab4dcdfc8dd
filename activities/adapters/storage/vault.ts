import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { failure } from '../../failures';
import { codeOf, required, unlessCode } from './errors';
import type { Store } from './store';
import { vaultName } from './vault-name';

/** One object of a vault. */
export interface VaultObject {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

/**
 * A bucket of the control plane's own in a region, for what is kept about its tenants and must not leave it: audit heads (`audit/`),
 * backups (`backup/`), access logs (`logs/`). No tenant's key opens it. Every method throws what the store answers.
 */
export interface Vault {
  readonly bucket: string;
  /** Makes the bucket, closed to everybody else, unless it is there. Throws `ResourceNotOurs` when somebody else has the name. */
  prepare(signal: AbortSignal): Promise<void>;
  put(key: string, body: Uint8Array, options: { contentType?: string; signal: AbortSignal }): Promise<void>;
  /** The object's content, or undefined when there is none of this key. */
  get(key: string, options: { signal: AbortSignal }): Promise<Buffer | undefined>;
  /** Absent is a success. */
  remove(key: string, options: { signal: AbortSignal }): Promise<void>;
  list(prefix: string, options: { signal: AbortSignal }): AsyncIterable<VaultObject>;
}

/** The vault of a store; its name is the regions file's, else `tenant-vault-<region>`. Nothing is contacted yet. */
export function vaultOf(store: Store): Vault {
  const { s3, settings, region } = store;
  const Bucket = vaultName(settings, region);
  return {
    bucket: Bucket,

    async prepare(signal) {
      await makeBucket(store, Bucket, signal);
      await unlessCode(
        s3.send(
          new PutPublicAccessBlockCommand({
            Bucket,
            PublicAccessBlockConfiguration: {
              BlockPublicAcls: true,
              BlockPublicPolicy: true,
              IgnorePublicAcls: true,
              RestrictPublicBuckets: true,
            },
          }),
          { abortSignal: signal },
        ),
        // Where a store knows no such thing, nobody but the owner has access without a policy.
        'NotImplemented',
      );
      await store.prepareVault(Bucket, signal);
    },

    async put(key, body, { contentType, signal }) {
      const type = contentType === undefined ? {} : { ContentType: contentType };
      await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ...type }), { abortSignal: signal });
    },

    async get(key, { signal }) {
      const answer = await unlessCode(
        s3.send(new GetObjectCommand({ Bucket, Key: key }), { abortSignal: signal }),
        'NoSuchKey',
      );
      return answer && Buffer.from(await required(answer.Body, 'the object').transformToByteArray());
    },

    async remove(key, { signal }) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: key }), { abortSignal: signal });
    },

    async *list(prefix, { signal }) {
      for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
        const more = token === undefined ? {} : { ContinuationToken: token };
        const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ...more }), {
          abortSignal: signal,
        });
        for (const { Key, Size, LastModified } of page.Contents ?? [])
          yield {
            key: required(Key, 'the key'),
            bytes: required(Size, 'the size'),
            modifiedAt: required(LastModified, 'the time'),
          };
        token = page.NextContinuationToken;
      }
    },
  };
}

async function makeBucket({ s3, settings }: Store, Bucket: string, abortSignal: AbortSignal): Promise<void> {
  const elsewhere = settings.provider === 'aws' && settings.region !== 'us-east-1';
  const place = { LocationConstraint: settings.region as BucketLocationConstraint };
  const command = new CreateBucketCommand({
    Bucket,
    ObjectOwnership: 'BucketOwnerEnforced',
    ...(elsewhere ? { CreateBucketConfiguration: place } : {}),
  });
  try {
    await s3.send(command, { abortSignal });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'BucketAlreadyOwnedByYou') return;
    if (code !== 'BucketAlreadyExists') throw error;
    throw failure(
      'ResourceNotOurs',
      `The vault ${Bucket} is somebody else's bucket. Name another one as storage.vaultBucket in the regions file.`,
    );
  }
}
