import { createHash } from 'node:crypto';
import type { StoredBackup } from '../../registry/backups/backups';
import { backupsFolder } from '../../providers/storage/vault/backups';
import type { Vault } from '../../providers/storage/vault/vault';
import type { StorageWith } from '../dependencies';
import { unusable } from '../../providers/port/unusable-backup';

/** The vault for the backups of a region's tenants: the region's own. This function is the only place that decides it. */
export function backupVault({ storage }: { storage: StorageWith<'vault'> }, region: string): Vault {
  return storage.forRegion(region).vault;
}

/** The folder of a backup in its vault, or of one attempt to make it. */
export function backupFolder({ tenantId, backupId }: { tenantId: string; backupId: string }, attempt?: number): string {
  return `${backupsFolder(tenantId)}${backupId}/${attempt === undefined ? '' : `${attempt}/`}`;
}

/** Writes parts into a folder, one after the other. */
export async function writeParts(
  vault: Vault,
  folder: string,
  parts: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<StoredBackup> {
  const hash = createHash('sha256');
  let [count, bytes] = [0, 0];
  for await (const part of parts) {
    await vault.put(partKey(folder, count), part, { contentType: 'application/octet-stream', signal });
    hash.update(part);
    count += 1;
    bytes += part.length;
  }
  return { parts: count, bytes, sha256: hash.digest() };
}

/** Reads the `count` parts of a folder in their order. Throws `BackupUnusable` when one is missing. */
export async function* readParts(
  vault: Vault,
  folder: string,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  for (let index = 0; index < count; index += 1) {
    const part = await vault.get(partKey(folder, index), { signal });
    if (!part) throw unusable(`part ${index} of ${count} is not in the vault`);
    yield part;
  }
}

/** Removes everything in a folder, apart from the subfolder `except`. */
export async function clearFolder(vault: Vault, folder: string, signal: AbortSignal, except?: string): Promise<void> {
  for await (const { key } of vault.list(folder, { signal }))
    if (except === undefined || !key.startsWith(except)) await vault.remove(key, { signal });
}

function partKey(folder: string, index: number): string {
  return folder + String(index).padStart(6, '0');
}
