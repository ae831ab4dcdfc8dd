import { toFailure } from '../../../providers/port/failures';
import { beginRemoval, recordRemoval } from '../../../registry/tenants/exports';
import type { Dependencies } from '../../dependencies';
import { numbered } from '../../../contract/exports/archive';
import type { Vault } from '../../../providers/storage/vault/vault';
import type { ExportRow } from '../../../registry/tenants/exports';

/** The folder of all exports in a vault. */
export const EXPORTS = 'export/';

/** What it takes of a vault to clear it. */
type ClearedVault = Pick<Vault, 'abortUploads' | 'list' | 'remove'>;

/** The folder of an export in its vault. */
function exportFolder({ tenantId, operationId }: Pick<ExportRow, 'tenantId' | 'operationId'>): string {
  return `${EXPORTS}${tenantId}/${operationId}/`;
}

/** Key of a volume in the vault. Each attempt has a folder of its own, so that one that was given up cannot damage it. */
export function volumeKey(row: Pick<ExportRow, 'tenantId' | 'operationId' | 'attempt'>, volume: number): string {
  return `${exportFolder(row)}${row.attempt}/${numbered(volume)}.tar.age`;
}

/** Removes unfinished uploads and stray files of earlier attempts. Volumes that the registry knows stay. */
export async function clearExport(
  vault: ClearedVault,
  row: Pick<ExportRow, 'tenantId' | 'operationId' | 'volumes'>,
  signal: AbortSignal,
): Promise<void> {
  const folder = exportFolder(row);
  const kept = new Set(row.volumes.map(({ key }) => key));
  await vault.abortUploads(folder, { signal });
  for await (const { key } of vault.list(folder, { signal })) if (!kept.has(key)) await vault.remove(key, { signal });
}

/** What {@link removeArchive} takes. */
export interface RemovalDependencies extends Pick<Dependencies, 'pool' | 'signal'> {
  storage: Pick<Dependencies['storage'], 'classify'> & { forRegion(region: string): { vault: ClearedVault } };
}

/** Deletes an export's archive and forgets its key. Succeeds if there is none; after a crash, a repeat deletes the rest. */
export async function removeArchive(
  { pool, signal, storage }: RemovalDependencies,
  operationId: string,
): Promise<void> {
  const row = await beginRemoval(pool, operationId);
  if (!row) return;
  try {
    await clearExport(storage.forRegion(row.region).vault, { ...row, volumes: [] }, signal());
  } catch (error) {
    throw toFailure(error, `the export of tenant ${row.tenantId}`, storage.classify);
  }
  await recordRemoval(pool, row);
}
