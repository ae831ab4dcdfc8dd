import { GetObjectCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../../contract/ids';
import { required } from '../errors';
import type { Store } from '../store';
import { bodyOf } from './body';
import { walkVersions } from './version-walk';
import type { ObjectVersion, VersionName } from './versions';

/** An object as it is read. */
export interface StoredObject {
  bytes: number;
  contentType: string | undefined;
  /** Headers that the store keeps for the object, such as `Content-Encoding`. */
  headers: Record<string, string>;
  metadata: Record<string, string>;
  etag: string | undefined;
  modifiedAt: Date | undefined;
  content: AsyncIterable<Buffer>;
}

/** The current objects of a tenant's bucket. */
export interface TenantObjects {
  /** Yields each object's newest version, in the same order every time as long as the bucket does not change. Deleted objects are left out. */
  list(tenantId: string, signal: AbortSignal): AsyncIterable<ObjectVersion>;
  /** Opens one version of an object. */
  read(tenantId: string, version: VersionName, signal: AbortSignal): Promise<StoredObject>;
}

/** Reads a tenant's objects as the store's administrator, whatever access the tenant itself has. */
export function tenantObjects(store: Store): TenantObjects {
  const { s3, listsByFolder } = store;
  return {
    async *list(tenantId, signal) {
      for await (const page of walkVersions(s3, dashName(tenantId), { byFolder: listsByFolder, signal }))
        for (const version of page) if (version.isLatest && !version.isDeleteMarker) yield version;
    },

    async read(tenantId, { key, versionId }, signal) {
      const command = new GetObjectCommand({ Bucket: dashName(tenantId), Key: key, VersionId: versionId });
      const answer = await s3.send(command, { abortSignal: signal });
      const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage } = answer;
      const headers = {
        'Cache-Control': CacheControl,
        'Content-Disposition': ContentDisposition,
        'Content-Encoding': ContentEncoding,
        'Content-Language': ContentLanguage,
      };
      return {
        bytes: required(answer.ContentLength, 'the size of the object'),
        contentType: answer.ContentType,
        headers: Object.fromEntries(
          Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        ),
        metadata: answer.Metadata ?? {},
        etag: answer.ETag,
        modifiedAt: answer.LastModified,
        content: bodyOf(answer, signal),
      };
    },
  };
}
