import { assertTenantId } from '../../../contract/ids';
import type { ResourceContext, ResourceKind } from '../../port/kind';
import type { Store, StoreOf } from '../store';
import { vaultOf } from './vault';

/** Folder of all backups of a tenant in its region's vault. */
export function backupsFolder(tenantId: string): string {
  return `backup/${assertTenantId(tenantId)}/`;
}

/**
 * Everything in the folder of a tenant's backups in its region's vault. Backups are made by `activities/backups`, so this kind only finds and
 * removes them: the ledger has a row for them from the moment the tenant is to be removed. It lists nothing, because a folder without such a row
 * belongs to a tenant that is there.
 */
export function backupsKind(
  provider: Store['settings']['provider'],
  storeOf: StoreOf,
): ResourceKind<Record<string, never>> {
  return {
    kind: 'backups',
    provider,
    name: backupsFolder,

    async find(context) {
      for await (const _part of partsOf(storeOf, context)) return { state: 'present', id: context.name };
      return { state: 'absent' };
    },

    create: () => Promise.reject(new Error('Backups are not made as a resource.')),

    async remove(context) {
      const vault = vaultOf(storeOf(context.region));
      for await (const { key } of partsOf(storeOf, context)) await vault.remove(key, context);
    },

    async *list() {},
  };
}

function partsOf(storeOf: StoreOf, { name, region, signal }: ResourceContext) {
  return vaultOf(storeOf(region)).list(name, { signal });
}
