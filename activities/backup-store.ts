import { createHash } from 'node:crypto';
import type { StoredBackup } from '../registry/backups';
import type { Vault } from './adapters/storage/vault';
import type { Dependencies } from './dependencies';
import { unusable } from './unusable-backup';

/** Where the backups of a region's tenants lie: in that region's own vault. This one place decides it. */
export function backupVault({ storage }: Pick<Dependencies, 'storage'>, region: string): Vault {
  return storage.forRegion(region).vault;
}

/** The folder of a backup in its vault, or of one attempt to make it. */
export function backupFolder({ tenantId, backupId }: { tenantId: string; backupId: string }, attempt?: number): string {
  return `backup/${tenantId}/${backupId}/${attempt === undefined ? '' : `${attempt}/`}`;
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

/** The parts of a folder in their order. Throws `BackupUnusable` when one of `count` is not there. */
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

/** Removes what lies in a folder, but for what lies in another one inside it. */
export async function clearFolder(vault: Vault, folder: string, signal: AbortSignal, except?: string): Promise<void> {
  for await (const { key } of vault.list(folder, { signal }))
    if (except === undefined || !key.startsWith(except)) await vault.remove(key, { signal });
}

function partKey(folder: string, index: number): string {
  return folder + String(index).padStart(6, '0');
}
