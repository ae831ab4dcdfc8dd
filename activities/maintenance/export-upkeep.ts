import { findExport, listDueRemovals } from '../../registry/tenants/exports';
import { toFailure } from '../../providers/port/failures';
import { EXPORTS, removeArchive, type RemovalDependencies } from '../removal/export/folder';

/** Much longer than an upload takes. */
const UPLOAD_MS = 86_400_000;

/**
 * Removes a region's exports whose time is over, and files in its vault that no export refers to, which an abandoned attempt can leave. Also
 * aborts old uploads: a request to begin one that a proxy repeats, or that arrives late, begins one that no attempt knows.
 * Returns why something could not be removed; the next round tries again.
 */
export async function removeDueExports(dependencies: RemovalDependencies, region: string): Promise<string[]> {
  const { pool, signal, storage } = dependencies;
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (signal().aborted) throw error;
      problems.push(toFailure(error, what, storage.classify).message);
    }
  };
  for (const operationId of await listDueRemovals(pool, region))
    await attempt(`export of operation ${operationId}`, () => removeArchive(dependencies, operationId));
  await attempt(`exports in the vault of ${region}`, () => removeStrays(dependencies, region));
  return problems;
}

async function removeStrays({ pool, signal, storage }: RemovalDependencies, region: string): Promise<void> {
  const { vault } = storage.forRegion(region);
  await vault.abortUploads(EXPORTS, { signal: signal(), before: new Date(Date.now() - UPLOAD_MS) });
  for await (const { key } of vault.list(EXPORTS, { signal: signal() })) {
    const operationId = key.split('/')[2] ?? '';
    const row = await findExport(pool, operationId);
    // An attempt that is running has files that no row names yet.
    if (row?.state === 'running' || row?.volumes.some((volume) => volume.key === key && row.state === 'ready'))
      continue;
    await vault.remove(key, { signal: signal() });
  }
}
