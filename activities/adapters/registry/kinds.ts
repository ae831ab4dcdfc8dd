import type pg from 'pg';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { KeyWrapper } from '../../../contract/key-wrapping';
import {
  API_KEY_PREFIX_LENGTH,
  deleteApiKeys,
  listApiKeys,
  newApiKey,
  storeApiKeys,
  type ApiKey,
} from '../../../registry/api-keys';
import { findPlacement, listReservations, releaseReservations, reserve, type Demand } from '../../../registry/capacity';
import {
  CONFIGURATION_SECTIONS,
  countSections,
  deleteConfiguration,
  writeConfiguration,
  type Configuration,
} from '../../../registry/configuration';
import { transaction, type Queryable } from '../../../registry/database';
import { findPoolPlacement, listPoolPlacements, placeInPool, removeFromPool } from '../../../registry/pool-placements';
import { createTenantKey, destroyTenantKey, findTenantKey } from '../../../registry/tenant-keys';
import { failure } from '../../failures';
import type { Found, Listed, ResourceKind } from '../../kind';

/** Version of the configuration that provisioning writes; later changes count up from it. */
const FIRST_VERSION = 1;

/** The kinds whose provider is the control plane's own database. */
export interface RegistryKinds {
  tenantKey: ResourceKind<Record<string, never>>;
  reservation: ResourceKind<Omit<Demand, 'tenantId'>>;
  poolPlacement: ResourceKind<{ cpuMillis: number; memoryMb: number }>;
  configuration: ResourceKind<Configuration>;
  apiKeys: ResourceKind<{ keys: { name: string; scopes: string[] }[] }>;
}

const provider = 'registry';
const name = (tenantId: string): string => tenantId;

/** Builds the registry's kinds on a pool; tenants' keys are wrapped by `keys`. */
export function createRegistryKinds(pool: pg.Pool, keys: KeyWrapper): RegistryKinds {
  return {
    tenantKey: {
      kind: 'tenant-key',
      provider,
      global: true,
      name,
      // Whether it can be opened is another question: what wraps it may be gone already.
      find: async ({ tenantId }) => foundIf((await findTenantKey(pool, tenantId)) !== undefined, tenantId),
      create: async ({ tenantId }) => {
        await createTenantKey(pool, keys, tenantId);
        return { id: tenantId };
      },
      remove: async ({ tenantId }) => void (await destroyTenantKey(pool, tenantId)),
      list: () => listed(tenantsOf(pool, 'tenant_key')),
    },

    reservation: {
      kind: 'reservation',
      provider,
      name,
      find: async ({ tenantId }) => {
        const placement = await findPlacement(pool, tenantId);
        return placement ? { state: 'present', id: tenantId, facts: { ...placement } } : { state: 'absent' };
      },
      create: async ({ tenantId, spec }) => {
        const held = await findPlacement(pool, tenantId);
        if (held) return { id: tenantId, facts: { ...held } };
        await transaction(pool, async (client) => {
          const { missing } = await reserve(client, { ...spec, tenantId });
          if (missing.length > 0)
            throw failure(
              'CapacityExhausted',
              `Region ${spec.region} has no free ${missing.join(', ')} capacity. Add a cell or order in another region.`,
            );
        });
        return { id: tenantId, facts: { ...(await findPlacement(pool, tenantId)) } };
      },
      remove: ({ tenantId }) => releaseReservations(pool, tenantId),
      list: (region) => listed(listReservations(pool, region)),
    },

    poolPlacement: {
      kind: 'pool-placement',
      provider,
      name,
      find: async ({ tenantId }) => foundIf((await findPoolPlacement(pool, tenantId)) !== undefined, tenantId),
      create: async ({ tenantId, region, cell, spec }) => {
        await placeInPool(pool, { tenantId, region, cell, ...spec });
        return { id: tenantId, facts: { cell, ...spec } };
      },
      remove: ({ tenantId }) => removeFromPool(pool, tenantId),
      list: (region) => listed(listPoolPlacements(pool, region)),
    },

    configuration: {
      kind: 'configuration',
      provider,
      global: true,
      name,
      find: async ({ tenantId }) => {
        const sections = await countSections(pool, tenantId, FIRST_VERSION);
        if (sections === 0) return { state: 'absent' };
        return { state: sections === CONFIGURATION_SECTIONS.length ? 'present' : 'partial', id: tenantId };
      },
      create: async ({ tenantId, spec }) => {
        await writeConfiguration(pool, keys, tenantId, FIRST_VERSION, spec);
        return { id: tenantId, facts: { version: FIRST_VERSION } };
      },
      remove: ({ tenantId }) => deleteConfiguration(pool, tenantId),
      list: () => listed(tenantsOf(pool, 'configuration')),
    },

    apiKeys: {
      kind: 'api-keys',
      provider,
      global: true,
      name,
      find: async ({ tenantId, spec }) => {
        const held = await listApiKeys(pool, tenantId);
        if (held.length === 0) return { state: 'absent' };
        const complete = spec === undefined || spec.keys.every((key) => held.some(({ name }) => name === key.name));
        return { state: complete ? 'present' : 'partial', id: tenantId };
      },
      create: async ({ tenantId, spec, secrets }) => {
        const made: (ApiKey & { key: string })[] = [];
        for (const { name, scopes } of spec.keys) {
          const key = await secrets.obtain(name, newApiKey);
          made.push({ name, scopes, key, prefix: key.slice(0, API_KEY_PREFIX_LENGTH) });
        }
        await storeApiKeys(pool, tenantId, made);
        return { id: tenantId, facts: { names: made.map((key) => key.name) } };
      },
      remove: ({ tenantId }) => deleteApiKeys(pool, tenantId),
      list: () => listed(tenantsOf(pool, 'api_key')),
    },
  };
}

function foundIf(exists: boolean, id: string): Found {
  return exists ? { state: 'present', id } : { state: 'absent' };
}

async function tenantsOf(db: Queryable, table: 'tenant_key' | 'configuration' | 'api_key'): Promise<string[]> {
  const { rows } = await db.query<{ tenant_id: string }>(`select distinct tenant_id from ${table} order by tenant_id`);
  return rows.map((row) => row.tenant_id);
}

async function* listed(tenants: Promise<string[]>): AsyncIterable<Listed> {
  for (const tenantId of await tenants)
    if (tenantId !== PROBE_TENANT_ID) yield { tenantId, name: tenantId, id: tenantId };
}
