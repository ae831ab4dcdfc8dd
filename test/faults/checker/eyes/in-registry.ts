import type pg from 'pg';
import { told, type Facts } from './watched';

/** What the registry has about a tenant, besides its operations and their traces. */
export async function registryFacts(registry: pg.Pool, tenantId: string): Promise<Facts> {
  const list = async (sql: string): Promise<string> => told((await registry.query(sql, [tenantId])).rows);
  return {
    'registry: reservations': await list(`select * from reservation where tenant_id = $1 order by kind`),
    'registry: API keys': await list(
      `select to_jsonb(k) - 'last_used_at' as key from api_key k where tenant_id = $1 order by name`,
    ),
    'registry: secrets': await list(
      `select kind, name, encode(ciphertext, 'hex') from secret where tenant_id = $1 order by kind, name`,
    ),
    'registry: configuration': await list(
      `select version, section, encode(ciphertext, 'hex') from configuration where tenant_id = $1 order by version, section`,
    ),
    'registry: resources': await list(
      `select kind, slot, external_id, cell, generation, state, settings_before, changed_by from resource
       where tenant_id = $1 order by resource_id`,
    ),
    'registry: placement': await list(
      `select region, cell, cpu_millis, memory_mb from pool_placement where tenant_id = $1`,
    ),
    'access, registry: resources': await list(
      `select kind, settings from resource where tenant_id = $1 order by resource_id`,
    ),
    'access, registry: tenant': await list(`select state, access from tenant where tenant_id = $1`),
    'access, registry: placement': await list(`select access from pool_placement where tenant_id = $1`),
  };
}
