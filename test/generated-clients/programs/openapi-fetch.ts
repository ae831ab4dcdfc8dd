import createClient from 'openapi-fetch';
import type { components, paths } from './generated/openapi-typescript';

const { API_URL = '', API_TOKEN = '', TENANT_NAME = '' } = process.env;
const client = createClient<paths>({ baseUrl: API_URL, headers: { Authorization: `Bearer ${API_TOKEN}` } });

const order: components['schemas']['TenantProvisioningRequest'] = {
  tenantName: TENANT_NAME,
  organizationName: 'Harbour Cranes',
  adminUser: { email: 'grace@harbour.example', firstName: 'Grace', lastName: 'Hopper', role: 'owner' },
  subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
  configuration: {},
};

async function main(): Promise<void> {
  const me = await client.GET('/v1/me');
  if (!me.data) throw new Error(me.error.title);
  const accepted = await client.POST('/v1/tenants', { body: order });
  if (!accepted.data) throw new Error(accepted.error.title);
  const { operationId } = accepted.data;
  const operation = await client.GET('/v1/operations/{operationId}', { params: { path: { operationId } } });
  if (!operation.data) throw new Error(operation.error.title);
  const refused = await client.POST('/v1/tenants', { body: order });
  if (!refused.error) throw new Error('The same name was ordered twice.');
  const { plan, tenantName, steps } = operation.data;
  const { type, status, errors = [] } = refused.error;
  console.log(
    JSON.stringify({
      caller: me.data.name,
      operation: { operationId, tenantName, plan, steps: steps.length },
      problem: { type, status, pointers: errors.map(({ pointer }) => pointer) },
    }),
  );
}

void main();
