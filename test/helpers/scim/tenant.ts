import { createNamedSecret, SCIM_TOKENS } from '../../../registry/credentials/named-secrets';
import { acceptTenant } from '../tenants/accepted';
import type { ApiHarness } from '../api';
import { ScimClient } from './client';

/** An active tenant whose plan includes a directory, and its directory's client. */
export interface ScimTenant {
  tenantId: string;
  client: ScimClient;
}

/** Makes an active tenant of the professional plan with a token named `entra`. */
export async function scimTenant({ app, registry }: Pick<ApiHarness, 'app' | 'registry'>): Promise<ScimTenant> {
  const subscription = { plan: 'professional' as const, billingCycle: 'monthly' as const, features: [] };
  const { tenantId, operationId } = await acceptTenant(registry, { subscription });
  await registry.pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
  const made = await createNamedSecret(registry.pool, SCIM_TOKENS, { tenantId, name: 'entra', actor: 'test' });
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return { tenantId, client: new ScimClient(app, tenantId, made.secret) };
}
