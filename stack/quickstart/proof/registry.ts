import type { Endpoints } from '../../types';
import { countRows } from './postgres';
import type { Question } from './question';

/** Queries for what the control plane itself holds for a tenant. Of a failed one, only its row, the operation and the audit trail may stay. */
const HELD: Record<string, string> = {
  reservations: 'select from reservation where tenant_id = $1',
  'names taken': "select from tenant where tenant_id = $1 and state <> 'gone'",
  'placements and configurations':
    'select from pool_placement where tenant_id = $1 union all select from configuration where tenant_id = $1',
  'keys, secrets and claims':
    'select from api_key where tenant_id = $1 union all select from scim_token where tenant_id = $1 union all select from sso_link where tenant_id = $1 union all select from secret where tenant_id = $1 union all select from tenant_key where tenant_id = $1 union all select from claim where tenant_id = $1',
  'domains and connections':
    'select from tenant_domain where tenant_id = $1 union all select from sso_connection where tenant_id = $1',
  'resources in the ledger not yet absent': "select from resource where tenant_id = $1 and state <> 'absent'",
};

/** Counts the rows of {@link HELD} in the registry. */
export function registryQuestions({ postgres }: Endpoints): Question[] {
  if (!postgres) return [];
  return Object.entries(HELD).map(([what, sql]) => ({
    where: 'registry',
    what,
    count: (tenantId) => countRows(postgres.registry.url, sql, [tenantId]),
  }));
}
