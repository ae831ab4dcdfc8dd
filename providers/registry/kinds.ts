import type { ApplicationFailure } from '@temporalio/common';
import type pg from 'pg';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { deleteApiKeys, listApiKeys, newApiKey, storeApiKeys, type ApiKey } from '../../registry/credentials/api-keys';
import {
  findPlacement,
  listReservations,
  releaseReservations,
  reserve,
  type Demand,
} from '../../registry/capacity/capacity';
import {
  CONFIGURATION_SECTIONS,
  countSections,
  deleteConfiguration,
  writeConfiguration,
  type Configuration,
} from '../../registry/tenants/configuration';
import { transaction, type Queryable } from '../../registry/database';
import {
  findPoolAccess,
  findPoolPlacement,
  listPoolPlacements,
  placeInPool,
  removeFromPool,
  setPoolAccess,
} from '../../registry/capacity/pool-placements';
import { createTenantKey, destroyTenantKey, findTenantKey } from '../../registry/keys/tenant-keys';
import { failure } from '../port/failures';
import type { Found, Listed, ResourceKind } from '../port/kind';

/** Version of the configuration that provisioning writes; each later change increments it. */
const FIRST_VERSION = 1;

/** Resource kinds whose provider is the control plane's own database. */
export interface RegistryKinds {
  tenantKey: ResourceKind<Record<string, never>>;
  reservation: ResourceKind<Omit<Demand, 'tenantId'>>;
  /**
   * The placement keeps its cell and quota in every access. The access is what the application's scheduler reads and follows; the tenant
   * has no credentials here that could be tried.
   */
  poolPlacement: ResourceKind<{ cpuMillis: number; memoryMb: number }>;
  configuration: ResourceKind<Configuration>;
  apiKeys: ResourceKind<{ keys: { name: string; scopes: string[] }[] }>;
}

const common = { provider: 'registry', actsOnce: true } as const;
const name = (tenantId: string): string => tenantId;

/** Creates the registry's kinds on a connection pool; `keys` wraps the tenants' keys. */
export function createRegistryKinds(pool: pg.Pool, keys: KeyWrapper): RegistryKinds {
  return {
    tenantKey: {
      kind: 'tenant-key',
      ...common,
      global: true,
      name,
      // Present even if it can no longer be unwrapped: the wrapping key may be gone.
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
      ...common,
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
              `Region ${spec.region} has no free ${missing.join(', ')} capacity. Add a cell to the region, or order in another one.`,
            );
        });
        return { id: tenantId, facts: { ...(await findPlacement(pool, tenantId)) } };
      },
      remove: ({ tenantId }) => releaseReservations(pool, tenantId),
      list: (region) => listed(listReservations(pool, region)),
    },

    poolPlacement: {
      kind: 'pool-placement',
      ...common,
      name,
      find: async ({ tenantId }) => foundIf((await findPoolPlacement(pool, tenantId)) !== undefined, tenantId),
      create: async ({ tenantId, region, cell, spec }) => {
        await placeInPool(pool, { tenantId, region, cell, ...spec });
        return { id: tenantId, facts: { cell, ...spec } };
      },
      update: async ({ tenantId }, { access }) => {
        if (!(await setPoolAccess(pool, tenantId, access))) throw notPlaced(tenantId);
      },
      access: async ({ tenantId }) => {
        const access = await findPoolAccess(pool, tenantId);
        if (access === undefined) throw notPlaced(tenantId);
        return access;
      },
      remove: ({ tenantId }) => removeFromPool(pool, tenantId),
      list: (region) => listed(listPoolPlacements(pool, region)),
    },

    configuration: {
      kind: 'configuration',
      ...common,
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
      ...common,
      global: true,
      name,
      find: async ({ tenantId, spec }) => {
        const held = await listApiKeys(pool, tenantId);
        if (held.length === 0) return { state: 'absent' };
        const complete = spec === undefined || spec.keys.every((key) => held.some(({ name }) => name === key.name));
        return { state: complete ? 'present' : 'partial', id: tenantId };
      },
      create: async ({ tenantId, spec, secrets }) => {
        const made: ApiKey[] = [];
        for (const { name, scopes } of spec.keys) {
          const key = await secrets.obtain(name, newApiKey);
          made.push({ name, scopes, key });
        }
        await storeApiKeys(pool, tenantId, made);
        return { id: tenantId, facts: { names: made.map((key) => key.name) } };
      },
      remove: ({ tenantId }) => deleteApiKeys(pool, tenantId),
      list: () => listed(tenantsOf(pool, 'api_key')),
    },
  };
}

function notPlaced(tenantId: string): ApplicationFailure {
  return failure('OutcomeUnknown', `Tenant ${tenantId} is not placed on a cell of the application.`);
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
