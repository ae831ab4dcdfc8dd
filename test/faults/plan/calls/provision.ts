import { dashName, underscoreName } from '../../../../contract/ids';
import type { Step } from '../../../../contract/operations/steps';
import type { Ordered } from '../../../helpers/product';
import { committed, http, sql, type Call, type Plan } from './call';

function call(step: Step, name: string, sight: Call['sight'], plan: Plan = 'starter'): Call {
  return { name, kind: 'provision', step, undo: false, plan, sight };
}

function undo(step: Step, name: string, sight: Call['sight'], plan: Plan = 'starter'): Call {
  return { ...call(step, name, sight, plan), undo: true };
}

function completing(made: Call): Call {
  return { ...made, completes: true };
}

function afterPivot(made: Call): Call {
  return { ...made, afterPivot: true };
}

const aboutTenant =
  (text: string) =>
  ({ tenantId }: Ordered): string =>
    `${text}[^]*${tenantId}`;

/** Every call of every step of a provisioning, and of every compensation. */
export const PROVISION_CALLS: readonly Call[] = [
  // Step 1 only looks and finally records the region; after an approval it does so again, which the registry refuses.
  call('validate', 'note the region', (run) => ({
    at: 'registry',
    sends: new RegExp(
      `from operation join tenant using \\(tenant_id\\) where operation.operation_id = \\$1 for update[^]*${run.operationId}`,
    ),
  })),
  call('reserve', 'reserve', committed(aboutTenant('insert into reservation'))),
  call('database', 'make the share', sql('postgres', 'insert into app\\.tenant')),
  call('database', 'make the owner', sql('postgres', 'create role'), 'professional'),
  call('database', 'make the schema', sql('postgres', 'create schema'), 'professional'),
  call('storage-and-compute', 'make the storage user', (run) => ({
    at: 's3Admin',
    method: 'PATCH',
    path: /^\/create-user/,
    body: new RegExp(dashName(run.tenantId)),
  })),
  call(
    'storage-and-compute',
    'make the bucket',
    http('s3', 'PUT', (name) => `^/${name}/?(\\?|$)`),
  ),
  completing(
    call(
      'storage-and-compute',
      'set the bucket’s policy',
      http('s3', 'PUT', (name) => `^/${name}/?\\?.*policy`),
    ),
  ),
  call('storage-and-compute', 'place the work', sql('registry', 'insert into pool_placement')),
  call('security', 'store the API keys', sql('registry', 'insert into api_key')),
  call(
    'security',
    'make the login',
    (run) => ({ at: 'postgres', sends: new RegExp(`create role "${underscoreName(run.tenantId)}_app"`) }),
    'professional',
  ),
  call('configuration', 'write the configuration', sql('registry', 'insert into configuration')),
  call(
    'identity',
    'make the organization',
    http('keycloak', 'POST', () => '/organizations/?$'),
  ),
  call(
    'identity',
    'make the groups',
    http('keycloak', 'POST', () => '/groups/?$'),
  ),
  call(
    'identity',
    'make the admin',
    http('keycloak', 'POST', () => '/users/?$'),
  ),
  completing(
    call(
      'identity',
      'join the organization',
      http('keycloak', 'POST', () => '/organizations/[^/]+/members'),
    ),
  ),
  call(
    'integrations',
    'make the customer',
    http('stripe', 'POST', () => '^/v1/customers$'),
  ),
  call(
    'integrations',
    'check the card',
    http('stripe', 'POST', () => '^/v1/setup_intents$'),
  ),
  call(
    'integrations',
    'make the subscription',
    http('stripe', 'POST', () => '^/v1/subscriptions$'),
  ),
  call(
    'verify',
    'write as the tenant',
    http('s3', 'PUT', (name) => `^/${name}/provisioning-check`),
  ),
  call(
    'finalize',
    'activate',
    committed((run) => `update operation set status[^]*${run.operationId}[^]*active`),
  ),
  afterPivot(
    call(
      'finalize',
      'charge',
      http('stripe', 'POST', () => '^/v1/subscriptions/sub_'),
    ),
  ),
  afterPivot(
    call('finalize', 'welcome', ({ order }) => ({
      at: 'mail',
      sends: new RegExp(`RCPT TO:<${order.adminUser.email}>`),
    })),
  ),

  undo(
    'integrations',
    'end the subscription',
    http('stripe', 'DELETE', () => '^/v1/subscriptions/'),
  ),
  undo(
    'integrations',
    'delete the customer',
    http('stripe', 'DELETE', () => '^/v1/customers/'),
  ),
  undo(
    'identity',
    'delete the admin',
    // Excludes the request that clears failed logins, which is also about a user.
    http('keycloak', 'DELETE', () => '/realms/[^/]+/users/'),
  ),
  undo(
    'identity',
    'delete the groups',
    http('keycloak', 'DELETE', () => '/groups/'),
  ),
  undo(
    'identity',
    'delete the organization',
    http('keycloak', 'DELETE', () => '/organizations/'),
  ),
  undo('configuration', 'delete the configuration', sql('registry', 'delete from configuration')),
  undo('security', 'delete the API keys', sql('registry', 'delete from api_key')),
  undo(
    'security',
    'drop the login',
    (run) => ({ at: 'postgres', sends: new RegExp(`drop role if exists "${underscoreName(run.tenantId)}_app"`) }),
    'professional',
  ),
  undo('storage-and-compute', 'take the work away', sql('registry', 'delete from pool_placement')),
  undo(
    'storage-and-compute',
    'delete the bucket',
    http('s3', 'DELETE', (name) => `^/${name}/?(\\?x-id.*)?$`),
  ),
  undo('storage-and-compute', 'delete the storage user', (run) => ({
    at: 's3Admin',
    method: 'PATCH',
    path: new RegExp(`^/delete-user.*${dashName(run.tenantId)}`),
  })),
  undo('database', 'delete the share', sql('postgres', 'delete from app\\.tenant')),
  undo('database', 'drop the schema', sql('postgres', 'drop schema if exists'), 'professional'),
  undo(
    'database',
    'drop the owner',
    (run) => ({ at: 'postgres', sends: new RegExp(`drop role if exists "${underscoreName(run.tenantId)}_owner"`) }),
    'professional',
  ),
  undo('reserve', 'release the reservation', committed(aboutTenant('delete from reservation'))),
  undo('reserve', 'destroy the key', sql('registry', 'delete from tenant_key')),
  undo(
    'reserve',
    'conclude',
    committed((run) => `update operation set status[^]*${run.operationId}[^]*failed`),
  ),
];
