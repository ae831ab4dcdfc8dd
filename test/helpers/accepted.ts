import { randomBytes } from 'node:crypto';
import type { TenantProvisioningRequest } from '../../contract/order';
import { CONFIGURATION_SECTIONS, writeConfiguration, type Configuration } from '../../registry/configuration';
import { acceptOrder } from '../../registry/acceptance';
import { storeSecret } from '../../registry/secrets';
import { loadTemplates } from '../../templates/load';
import { order } from './api';
import type { TestRegistry } from './registry';

/** An order that was accepted, without HTTP and without a run. */
export interface AcceptedTenant {
  operationId: string;
  tenantId: string;
  order: TenantProvisioningRequest;
}

/** Has a registry accept an order. */
export async function acceptTenant(
  { pool, keys }: TestRegistry,
  changes: Partial<TenantProvisioningRequest> = {},
): Promise<AcceptedTenant> {
  const wanted = order(changes);
  const accepted = await acceptOrder(pool, keys, {
    caller: 'token:signup',
    requestHash: randomBytes(32),
    order: wanted,
    template: loadTemplates('templates').get(wanted.subscription.plan),
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  return { ...accepted, order: wanted };
}

/** An active tenant with a secret and a configuration, as a run would have left it. */
export async function activeTenant(registry: TestRegistry): Promise<AcceptedTenant & { configuration: Configuration }> {
  const accepted = await acceptTenant(registry);
  const { pool, keys } = registry;
  const { tenantId, operationId } = accepted;
  await storeSecret(pool, keys, { tenantId, kind: 'postgres-login', name: 'password' }, `password of ${tenantId}`);
  const configuration = Object.fromEntries(
    CONFIGURATION_SECTIONS.map((section) => [section, { of: tenantId }]),
  ) as unknown as Configuration;
  await writeConfiguration(pool, keys, tenantId, 1, configuration);
  await pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
  return { ...accepted, configuration };
}
