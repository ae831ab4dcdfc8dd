import { randomBytes } from 'node:crypto';
import type { OperationParameters } from '../../../contract/operations/inputs';
import type { OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { writeConfiguration, type Configuration } from '../../../registry/tenants/configuration';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { storeSecret } from '../../../registry/keys/secrets';
import { loadTemplates } from '../../../templates/load';
import { order } from '../api';
import type { TestRegistry } from '../registry';

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
  const section = { of: tenantId };
  const configuration: Configuration = {
    features: section,
    modules: section,
    settings: section,
    branding: section,
    integrations: section,
    notifications: section,
    reporting: section,
  };
  await writeConfiguration(pool, keys, tenantId, 1, configuration);
  await pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
  return { ...accepted, configuration };
}

/** A change of a tenant that was accepted, and whose run has then reported these statuses. Returns the operation. */
export async function changed(
  { pool, keys }: TestRegistry,
  tenantId: string,
  change: { kind: OperationKind; parameters: OperationParameters; message?: string },
  ...statuses: OperationStatus[]
): Promise<string> {
  const accepted = await acceptChange(pool, keys, {
    ...change,
    tenantId,
    caller: 'token:operator',
    requestHash: randomBytes(32),
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  const { operationId } = accepted.run;
  for (const status of statuses)
    if ((await recordOutcome(pool, { operationId, status })) !== 'committed') throw new Error(`${status} was refused.`);
  return operationId;
}
