import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { failure } from '../../port/failures';
import { codeOf, required, unlessCode } from '../errors';
import { bodyOf } from '../objects/body';
import { abortUploads } from '../objects/purge';
import type { Store } from '../store';
import { signedLink } from './link';
import { uploadParts } from './upload';
import { vaultName } from './vault-name';

/** One object of a vault. */
export interface VaultObject {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

/**
 * The control plane's own bucket in a region. It holds data about tenants that must not leave the region: audit heads (`audit/`), backups
 * (`backup/`), exports (`export/`) and access logs (`logs/`). No tenant's key has access to it. Every method throws the store's errors.
 */
export interface Vault {
  readonly bucket: string;
  /** Makes the private bucket unless it exists. Throws `ResourceNotOurs` if another account owns a bucket of this name. */
  prepare(signal: AbortSignal): Promise<void>;
  put(key: string, body: Uint8Array, options: { contentType?: string; signal: AbortSignal }): Promise<void>;
  /** The object's content, or undefined if there is no object with this key. */
  get(key: string, options: { signal: AbortSignal }): Promise<Buffer | undefined>;
  /**
   * Writes a stream of any length as one object, holding one part of it in memory. An error leaves no object, and aborts the upload unless
   * the process dies. An empty stream is refused.
   */
  upload(key: string, content: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }): Promise<void>;
  /** Aborts the unfinished uploads below a prefix, or only those begun before `before` if it is given. */
  abortUploads(prefix: string, options: { signal: AbortSignal; before?: Date }): Promise<void>;
  /** The object's content as a stream; undefined if there is no object with this key. */
  read(key: string, options: { signal: AbortSignal }): Promise<AsyncIterable<Buffer> | undefined>;
  /** A URL that downloads the object without further credentials, under this file name and for this time. Ranges are possible. */
  link(key: string, options: { fileName: string; seconds: number }): Promise<string>;
  /** Removes the object; succeeds if it is absent. */
  remove(key: string, options: { signal: AbortSignal }): Promise<void>;
  list(prefix: string, options: { signal: AbortSignal }): AsyncIterable<VaultObject>;
}

/** The vault of a store. Does not contact the store yet; see {@link vaultName} for the bucket's name. */
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
        // In a store without this setting, a bucket without a policy is accessible only to its owner.
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

    upload: (key, content, { signal }) => uploadParts(s3, { Bucket, Key: key }, content, signal),

    abortUploads: async (prefix, options) => void (await abortUploads(s3, Bucket, { prefix, ...options })),

    async read(key, { signal }) {
      const answer = await unlessCode(
        s3.send(new GetObjectCommand({ Bucket, Key: key }), { abortSignal: signal }),
        'NoSuchKey',
      );
      return answer && bodyOf(answer, signal);
    },

    link: (key, options) => signedLink(settings, { bucket: Bucket, key, ...options }),

    async remove(key, { signal }) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: key }), { abortSignal: signal });
    },

    async *list(prefix, { signal }) {
      const pages = paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix }, { abortSignal: signal });
      for await (const page of pages)
        for (const { Key, Size, LastModified } of page.Contents ?? [])
          yield {
            key: required(Key, 'the key'),
            bytes: required(Size, 'the size'),
            modifiedAt: required(LastModified, 'the time'),
          };
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
      `Vault bucket ${Bucket} belongs to another account. Set storage.vaultBucket in the regions file to another name.`,
    );
  }
}
