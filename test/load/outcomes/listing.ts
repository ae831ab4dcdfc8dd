import { createEdge } from '../../../providers/edge/edge';
import { createKeycloak } from '../../../providers/keycloak/keycloak';
import { createKubernetes } from '../../../providers/kubernetes/kubernetes';
import { createPostgres } from '../../../providers/postgres/postgres';
import { createRegistryKinds } from '../../../providers/registry/kinds';
import { createStorage } from '../../../providers/storage/storage';
import { createBilling } from '../../../providers/stripe/stripe';
import { createKindTable, type KindTable } from '../../../activities/effects/kind-table';
import type { ResourceSecrets } from '../../../providers/port/kind';
import { loadRegions } from '../../../config/regions';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { TestProduct } from '../../helpers/product';
import { patiently } from './patiently';

/** What was compared, and the differences. */
export interface Comparison {
  kinds: number;
  /** Ledger rows whose resource should exist. */
  present: number;
  differences: string[];
}

/** Lists every kind in the ledger at its provider, in every region, and compares the result with the ledger. */
export async function compareWithListings(product: TestProduct): Promise<Comparison> {
  const { rows } = await product.registry.query<{
    provider: string;
    kind: string;
    regions: string[];
    present: string[];
  }>(`
    select provider, kind, array_agg(distinct region) as regions,
      coalesce(array_agg(tenant_id) filter (where state <> 'absent'), '{}') as present
    from resource group by provider, kind order by provider, kind`);
  const { kinds, close } = openKinds(product);
  const comparison: Comparison = { kinds: rows.length, present: 0, differences: [] };
  try {
    for (const { provider, kind, regions, present } of rows) {
      const listed = await patiently(() => listedTenants(kinds, provider, kind, regions));
      const known = new Set(present);
      comparison.present += known.size;
      const differ = (tenants: Iterable<string>, others: Set<string>, how: string): void => {
        for (const tenantId of tenants)
          if (!others.has(tenantId)) comparison.differences.push(`${kind} of ${tenantId} ${how}`);
      };
      differ(listed, known, 'is listed, and the ledger has it not');
      differ(known, listed, 'is in the ledger, and not listed');
    }
  } finally {
    await close();
  }
  return comparison;
}

async function listedTenants(
  kinds: KindTable,
  provider: string,
  kind: string,
  regions: readonly string[],
): Promise<Set<string>> {
  const listed = new Set<string>();
  for (const region of regions)
    for await (const { tenantId } of kinds.find(provider, kind).kind.list(region, AbortSignal.timeout(120_000)))
      if (tenantId !== PROBE_TENANT_ID) listed.add(tenantId);
  return listed;
}

function openKinds({ env, registry, keys }: TestProduct): { kinds: KindTable; close(): Promise<void> } {
  const regions = loadRegions(env.REGIONS_FILE!, env);
  const adapters = {
    keys,
    registry: createRegistryKinds(registry, keys),
    postgres: createPostgres(regions, noSecrets),
    storage: createStorage(regions),
    kubernetes: createKubernetes(regions, { onProgress: () => {} }),
    keycloak: createKeycloak({
      url: env.KEYCLOAK_URL!,
      realm: env.KEYCLOAK_REALM ?? 'tenants',
      clientId: env.KEYCLOAK_CLIENT_ID!,
      clientSecret: env.KEYCLOAK_CLIENT_SECRET!,
    }),
    edge: createEdge(undefined),
    billing: createBilling({ apiKey: env.STRIPE_API_KEY!, url: env.STRIPE_API_BASE, allowLiveKey: false }),
  };
  return {
    kinds: createKindTable(adapters),
    close: async () => {
      const { postgres, storage, kubernetes, keycloak, billing } = adapters;
      storage.close();
      await Promise.all([postgres, kubernetes, keycloak, billing].map((adapter) => adapter.close()));
    },
  };
}

/** Listing needs no secrets. */
const noSecrets: ResourceSecrets = {
  obtain: () => Promise.reject(new Error('Listing needs no secret.')),
  store: () => Promise.reject(new Error('Listing needs no secret.')),
  read: () => Promise.resolve(undefined),
};
