import { failure } from '../port/failures';
import type { ResourceContext, ResourceSecrets } from '../port/kind';
import type { AccessKey } from './s3-client';

/** Spec of a storage user: empty, because there is nothing to choose. */
export type AccessKeySpec = Record<string, never>;

/** The kind whose secrets hold the tenant's key; other code reads the key under this name. */
export const ACCESS_KEY_KIND = 'storage-access-key';

/** The tenant's key from the secrets of its {@link ACCESS_KEY_KIND}; undefined if it is missing or only partly stored. */
export async function readAccessKey(secrets: ResourceSecrets): Promise<AccessKey | undefined> {
  const [accessKeyId, secretAccessKey] = await Promise.all([
    secrets.read('accessKeyId'),
    secrets.read('secretAccessKey'),
  ]);
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
}

/** The tenant's key, as {@link readAccessKey} reads it. Throws `StateConflict` if it is missing. */
export async function storedKey({ name, secrets }: Pick<ResourceContext, 'name' | 'secrets'>): Promise<AccessKey> {
  const key = await readAccessKey(secrets);
  if (key !== undefined) return key;
  throw failure(
    'StateConflict',
    `Storage user ${name}: its key is not stored, so its access can be neither tried nor set.`,
  );
}
