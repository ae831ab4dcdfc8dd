import { client } from './generated/hey-api/client.gen';
import { getMe, getOperation, orderTenant, type TenantProvisioningRequest } from './generated/hey-api';

const { API_URL = '', API_TOKEN = '', TENANT_NAME = '' } = process.env;
client.setConfig({ baseUrl: API_URL, auth: API_TOKEN });

const body: TenantProvisioningRequest = {
  tenantName: TENANT_NAME,
  organizationName: 'Harbour Cranes',
  adminUser: { email: 'grace@harbour.example', firstName: 'Grace', lastName: 'Hopper', role: 'owner' },
  subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
  configuration: {},
};

async function main(): Promise<void> {
  const me = await getMe({ throwOnError: true });
  const accepted = await orderTenant({ body, throwOnError: true });
  const { operationId } = accepted.data;
  const operation = await getOperation({ path: { operationId }, throwOnError: true });
  const refused = await orderTenant({ body });
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
