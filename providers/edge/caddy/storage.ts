import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What Caddy has obtained for host names. */
export interface CertificateStorage {
  /** Deletes the certificates of a host name and their keys. Succeeds if there are none. */
  forget(domain: string): Promise<void>;
}

/**
 * Caddy's file storage, which its API cannot empty: `certificates/<authority>/<host name>/`. Source:
 * https://pkg.go.dev/github.com/caddyserver/certmagic#StorageKeys
 */
export function certificateStorage(dir: string): CertificateStorage {
  return {
    async forget(domain) {
      if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(domain)) return;
      const root = join(dir, 'certificates');
      for (const authority of await foldersIn(root))
        await rm(join(root, authority, domain), { recursive: true, force: true });
    },
  };
}

/** Nothing is there before the first certificate. */
async function foldersIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
