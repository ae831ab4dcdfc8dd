import { dashName, underscoreName } from '../../../contract/ids';
import type { Step } from '../../../contract/steps';
import type { Ordered } from '../../helpers/product';
import type { Lines } from '../proxies/lines';

/** How one request of the product is recognised at a line, for one tenant. */
export type Sight =
  | { at: 's3' | 's3Admin' | 'keycloak' | 'stripe'; method: string; path: RegExp; body?: RegExp; tenantId?: string }
  | { at: 'postgres' | 'registry' | 'mail'; sends: RegExp; then?: RegExp };

/** One request that changes something – or, in steps that only look, the one that decides – and where the saga makes it. */
export interface Call {
  name: string;
  step: Step;
  undo: boolean;
  plan: 'starter' | 'professional';
  /** It completes what an earlier call has made: when it fails, something half-made is there. */
  completes?: true;
  sight(run: Ordered): Sight;
}

type Plan = Call['plan'];

function call(step: Step, name: string, sight: Call['sight'], plan: Plan = 'starter'): Call {
  return { name, step, undo: false, plan, sight };
}

function undo(step: Step, name: string, sight: Call['sight'], plan: Plan = 'starter'): Call {
  return { name, step, undo: true, plan, sight };
}

function completing(made: Call): Call {
  return { ...made, completes: true };
}

const http =
  (at: 's3' | 's3Admin' | 'keycloak' | 'stripe', method: string, path: (name: string) => string): Call['sight'] =>
  ({ tenantId }) => ({ at, method, path: new RegExp(path(dashName(tenantId))), tenantId });

const sql =
  (at: 'postgres' | 'registry', text: string): Call['sight'] =>
  ({ tenantId }) => ({ at, sends: new RegExp(`${text}[^]*${tenantId}`) });

/** In a transaction of several messages it is the commit that does it. */
const committed =
  (text: string, of: (run: Ordered) => string): Call['sight'] =>
  (run) => ({ at: 'registry', sends: new RegExp(`${text}[^]*${of(run)}`), then: /commit/ });

const operation = (run: Ordered): string => run.operationId;
const tenant = (run: Ordered): string => run.tenantId;

/** Every call of every step, and of every compensation. */
export const CALLS: readonly Call[] = [
  // Step 1 only looks; what it does last is to note the region – after an approval a second time, which the registry refuses.
  call('validate', 'note the region', (run) => ({
    at: 'registry',
    sends: new RegExp(
      `select status, tenant_id from operation where operation_id = \\$1 for update[^]*${run.operationId}`,
    ),
  })),
  call('reserve', 'reserve', committed('insert into reservation', tenant)),
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
  call('finalize', 'activate', (run) => ({
    at: 'registry',
    sends: new RegExp(`update operation set status[^]*${run.operationId}[^]*active`),
    then: /commit/,
  })),
  call(
    'finalize',
    'charge',
    http('stripe', 'POST', () => '^/v1/subscriptions/sub_'),
  ),
  call('finalize', 'welcome', ({ order }) => ({ at: 'mail', sends: new RegExp(`RCPT TO:<${order.adminUser.email}>`) })),

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
    // Not what forgives failed logins, which is about a user too.
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
  undo('reserve', 'release the reservation', committed('delete from reservation', tenant)),
  undo('reserve', 'destroy the key', sql('registry', 'delete from tenant_key')),
  undo('reserve', 'conclude', (run) => ({
    at: 'registry',
    sends: new RegExp(`update operation set status[^]*${operation(run)}[^]*failed`),
    then: /commit/,
  })),
];

/** What is after the pivot: there a failure never takes the tenant away. */
export function isAfterPivot({ name }: Call): boolean {
  return name === 'charge' || name === 'welcome';
}

/** Whether a call goes over HTTP; the others go over a line without statuses. */
export function isHttp(call: Call): boolean {
  const { at } = call.sight({ operationId: 'op_x', tenantId: 'a'.repeat(16), order: SAMPLE });
  return at === 's3' || at === 's3Admin' || at === 'keycloak' || at === 'stripe';
}

const SAMPLE = { adminUser: { email: 'x' } } as Ordered['order'];

/** The provider a call goes to. */
export function providerOf(call: Call): keyof Lines {
  return call.sight({ operationId: 'op_x', tenantId: 'a'.repeat(16), order: SAMPLE }).at;
}
