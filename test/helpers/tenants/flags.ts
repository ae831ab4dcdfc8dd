import type { FlagDefinitions } from '../../../contract/flags/flags';
import { newApiKey, storeApiKeys } from '../../../registry/credentials/api-keys';
import { writeConfiguration } from '../../../registry/tenants/configuration';
import { acceptTenant } from './accepted';
import type { TestRegistry } from '../registry';

/** A boolean flag that is off. */
export const OFF_FLAG = { variants: { on: true, off: false }, defaultVariant: 'off' };

/** An active tenant with an API key. */
export interface FlaggedTenant {
  tenantId: string;
  operationId: string;
  key: string;
}

/** Makes an active tenant whose plan has these flags, ordered with these changes. */
export async function tenantWithFlags(
  registry: TestRegistry,
  flags: FlagDefinitions,
  changes: Parameters<typeof acceptTenant>[1] = {},
): Promise<FlaggedTenant> {
  const { pool, keys } = registry;
  const { tenantId, operationId } = await acceptTenant(registry, changes);
  const sections = { features: {}, modules: {}, settings: {}, branding: {}, integrations: {}, notifications: {} };
  await writeConfiguration(pool, keys, tenantId, 1, { ...sections, reporting: {}, flags });
  await pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
  const key = newApiKey();
  await storeApiKeys(pool, tenantId, [{ name: 'default', scopes: [], key }]);
  return { tenantId, operationId, key };
}
