import type pg from 'pg';
import { SSO_KIND } from '../../../../contract/identity/sso';
import { told, type Facts } from './watched';

/** Rows of a tenant's single sign-on, which facts of its own tell of. */
const SIGN_IN = `kind = '${SSO_KIND}'`;

/** What the registry has of a tenant's single sign-on when an operation has brought its connection, and nothing of another one. */
export function connectedBy(operationId: string): Facts {
  return {
    'registry: connections': told([{ operation_id: operationId }]),
    'registry: secrets of connections': told([{ name: operationId }]),
    'registry: identity provider': told([
      { state: 'present', sso: operationId, settings_before: null, changed_by: null },
    ]),
  };
}

/** What the registry has about a tenant, besides its operations and their traces. */
export async function registryFacts(registry: pg.Pool, tenantId: string): Promise<Facts> {
  const list = async (sql: string): Promise<string> => told((await registry.query(sql, [tenantId])).rows);
  return {
    'registry: reservations': await list(`select * from reservation where tenant_id = $1 order by kind`),
    'registry: API keys': await list(
      `select to_jsonb(k) - 'last_used_at' as key from api_key k where tenant_id = $1 order by name`,
    ),
    'registry: secrets': await list(
      `select kind, name, encode(ciphertext, 'hex') from secret where tenant_id = $1 and not ${SIGN_IN} order by kind, name`,
    ),
    'registry: connections': await list(
      `select operation_id from sso_connection where tenant_id = $1 order by operation_id`,
    ),
    'registry: secrets of connections': await list(
      `select name from secret where tenant_id = $1 and ${SIGN_IN} order by name`,
    ),
    'registry: identity provider': await list(
      `select state, settings ->> 'sso' as sso, settings_before, changed_by from resource
       where tenant_id = $1 and ${SIGN_IN} and state <> 'absent'`,
    ),
    'registry: configuration': await list(
      `select version, section, encode(ciphertext, 'hex') from configuration where tenant_id = $1 order by version, section`,
    ),
    'registry: resources': await list(
      `select kind, slot, cell, state, settings_before, changed_by from resource
       where tenant_id = $1 and not ${SIGN_IN} order by resource_id`,
    ),
    'made, registry: resources': await list(
      `select kind, slot, external_id, generation from resource where tenant_id = $1 and not ${SIGN_IN} order by resource_id`,
    ),
    'registry: placement': await list(
      `select region, cell, cpu_millis, memory_mb from pool_placement where tenant_id = $1`,
    ),
    'access, registry: resources': await list(
      `select kind, settings from resource where tenant_id = $1 and not ${SIGN_IN} order by resource_id`,
    ),
    'access, registry: tenant': await list(`select state, access from tenant where tenant_id = $1`),
    'access, registry: placement': await list(`select access from pool_placement where tenant_id = $1`),
  };
}
