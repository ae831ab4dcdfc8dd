import type { ResourceSecrets } from '../../kind';
import type { AccessKey } from './s3-client';

/** What a storage user is asked to be: there is nothing to choose. */
export type AccessKeySpec = Record<string, never>;

/** The kind whose secrets hold the key; the bucket and the checks read it under this name. */
export const ACCESS_KEY_KIND = 'storage-access-key';

/** The tenant's stored key (of the kind {@link ACCESS_KEY_KIND}), or undefined when it is not (completely) stored. */
export async function readAccessKey(secrets: ResourceSecrets): Promise<AccessKey | undefined> {
  const [accessKeyId, secretAccessKey] = await Promise.all([
    secrets.read('accessKeyId'),
    secrets.read('secretAccessKey'),
  ]);
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
}
