import { DeleteObjectCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { dashName, underscoreName } from '../../../contract/ids';
import type { Access } from '../../../contract/tenants/access';
import { adminUsername } from '../../../providers/keycloak/admin-user';
import { POOL_DATABASE, SCHEMAS_DATABASE } from '../../../providers/postgres/shares/names';
import { s3Client } from '../../../providers/storage/s3-client';
import { asServerAdmin, type RealmCall } from '../../helpers/providers/keycloak/realm-user';
import type { TestProduct } from '../../helpers/product';
import { organizationOf } from '../checker/eyes/in-keycloak';
import { asSuperuser } from '../checker/eyes/in-postgres';
import { KEPT_OBJECT, type Watched } from '../checker/eyes/watched';
import type { InvariantId } from '../checker/invariant';
import type { Plan } from '../plan/calls/call';
import { REGION } from '../proxies/lines';

/** Something done to a tenant behind the product's back, which the checker must see. Returns how to undo it. */
export interface Harm {
  name: string;
  /** Violated by it: I15 while the tenant is suspended, I16 while it is active. */
  violates: Extract<InvariantId, 'I15' | 'I16'>;
  /** Done while the tenant is suspended read-only. */
  readOnly?: true;
  plans: readonly Plan[];
  do(product: TestProduct, tenant: Watched): Promise<() => Promise<void>>;
}

const BOTH: readonly Plan[] = ['starter', 'professional'];

/** At least one for each way to use a tenant, and one for each place where something of it is kept. */
export const HARMS: readonly Harm[] = [
  { name: 'the login is opened', violates: 'I15', plans: ['professional'], do: allowLogin(true) },
  { name: 'the rows are shown', violates: 'I15', plans: ['starter'], do: giveShare('open', 'closed') },
  { name: 'the bucket’s denial is dropped', violates: 'I15', plans: BOTH, do: dropDenial },
  {
    name: 'the admin’s account is enabled',
    violates: 'I15',
    plans: BOTH,
    do: enable(({ tenantId }) => adminUsername(tenantId)),
  },
  {
    name: 'a member’s account is enabled',
    violates: 'I15',
    plans: ['starter'],
    do: enable(({ member }) => member.username),
  },
  {
    name: 'the API key is valid',
    violates: 'I15',
    plans: ['starter'],
    do: inRegistry('tenant', 'state', `'active'`, `'suspended'`),
  },
  {
    name: 'jobs are started',
    violates: 'I15',
    plans: ['starter'],
    do: inRegistry('pool_placement', 'access', `'open'`, `'closed'`),
  },
  { name: 'money is collected', violates: 'I15', plans: ['starter'], do: collect },

  {
    name: 'rows can be written',
    violates: 'I15',
    readOnly: true,
    plans: ['starter'],
    do: giveShare('open', 'read-only'),
  },
  {
    name: 'rows cannot be read',
    violates: 'I15',
    readOnly: true,
    plans: ['starter'],
    do: giveShare('closed', 'read-only'),
  },
  { name: 'objects can be written', violates: 'I15', readOnly: true, plans: BOTH, do: dropDenial },
  {
    name: 'the writing login is opened',
    violates: 'I15',
    readOnly: true,
    plans: ['professional'],
    do: allowLogin(true),
  },

  { name: 'the login is shut', violates: 'I16', plans: ['professional'], do: allowLogin(false) },
  { name: 'the password is another', violates: 'I16', plans: ['professional'], do: changePassword },
  { name: 'a row is another', violates: 'I16', plans: BOTH, do: changeRow },
  { name: 'an object is deleted', violates: 'I16', plans: ['starter'], do: deleteObject },
  { name: 'an identity provider is left behind', violates: 'I16', plans: ['starter'], do: leaveIdentityProvider },
  { name: 'a member is no longer one', violates: 'I16', plans: ['starter'], do: dropMember },
  {
    name: 'the quota is another',
    violates: 'I16',
    plans: ['starter'],
    do: inRegistry('reservation', 'units', 'units + 1', 'units - 1'),
  },
];

function allowLogin(may: boolean): Harm['do'] {
  return async ({ endpoints }, { tenantId }) => {
    const alter = (how: string) =>
      sql(endpoints, SCHEMAS_DATABASE, `alter role ${underscoreName(tenantId)}_app ${how}`);
    const [harm, mend] = may ? ['login', 'nologin'] : ['nologin', 'login'];
    await alter(harm);
    return () => alter(mend);
  };
}

function giveShare(harm: Access, mend: Access): Harm['do'] {
  return async ({ endpoints }, { tenantId }) => {
    const set = (access: Access) =>
      sql(endpoints, POOL_DATABASE, `update app.tenant set access = '${access}' where tenant_id = '${tenantId}'`);
    await set(harm);
    return () => set(mend);
  };
}

async function changePassword({ endpoints }: TestProduct, { tenantId }: Watched): Promise<() => Promise<void>> {
  const role = `${underscoreName(tenantId)}_app`;
  const client = await asSuperuser(endpoints, SCHEMAS_DATABASE);
  const { rows } = await client.query<{ rolpassword: string }>(`select rolpassword from pg_authid where rolname = $1`, [
    role,
  ]);
  await client.end();
  await sql(endpoints, SCHEMAS_DATABASE, `alter role ${role} password 'another'`);
  return () => sql(endpoints, SCHEMAS_DATABASE, `alter role ${role} password '${rows[0]!.rolpassword}'`);
}

async function changeRow({ endpoints }: TestProduct, { tenantId, plan }: Watched): Promise<() => Promise<void>> {
  const [database, table] =
    plan === 'starter' ? [POOL_DATABASE, 'app.setting'] : [SCHEMAS_DATABASE, `${underscoreName(tenantId)}.setting`];
  const where = plan === 'starter' ? `where tenant_id = '${tenantId}'` : '';
  // Without triggers, which would leave a trace in `updated_at`.
  const set = (value: number) =>
    sql(endpoints, database, `set session_replication_role = replica; update ${table} set value = '${value}' ${where}`);
  await set(2);
  return () => set(1);
}

async function dropDenial({ endpoints }: TestProduct, { tenantId }: Watched): Promise<() => Promise<void>> {
  const client = storage(endpoints);
  const at = { Bucket: dashName(tenantId) };
  const { Policy = '' } = await client.send(new GetBucketPolicyCommand(at));
  const policy = JSON.parse(Policy) as { Statement: { Effect: string }[] };
  const Statement = policy.Statement.filter(({ Effect }) => Effect !== 'Deny');
  await client.send(new PutBucketPolicyCommand({ ...at, Policy: JSON.stringify({ ...policy, Statement }) }));
  return async () => void (await client.send(new PutBucketPolicyCommand({ ...at, Policy })));
}

async function deleteObject({ endpoints }: TestProduct, { tenantId }: Watched): Promise<() => Promise<void>> {
  const client = storage(endpoints);
  const at = { Bucket: dashName(tenantId), Key: KEPT_OBJECT };
  const { VersionId } = await client.send(new DeleteObjectCommand(at));
  // Without its marker, the deleted object is back.
  return async () => void (await client.send(new DeleteObjectCommand({ ...at, VersionId })));
}

function enable(whose: (tenant: Watched) => string): Harm['do'] {
  return async ({ endpoints }, tenant) => {
    const call = await asServerAdmin(endpoints.keycloak!);
    const id = await accountId(call, whose(tenant));
    const set = async (enabled: boolean) => void (await call('PUT', `/admin/realms/tenants/users/${id}`, { enabled }));
    await set(true);
    return () => set(false);
  };
}

async function leaveIdentityProvider({ endpoints }: TestProduct, { tenantId }: Watched): Promise<() => Promise<void>> {
  const call = await asServerAdmin(endpoints.keycloak!);
  const instances = '/admin/realms/tenants/identity-provider/instances';
  const alias = dashName(tenantId);
  await call('POST', instances, { alias, providerId: 'oidc', enabled: false });
  return async () => void (await call('DELETE', `${instances}/${alias}`));
}

async function dropMember({ endpoints }: TestProduct, { tenantId, member }: Watched): Promise<() => Promise<void>> {
  const call = await asServerAdmin(endpoints.keycloak!);
  const id = await accountId(call, member.username);
  const members = `/admin/realms/tenants/organizations/${(await organizationOf(call, tenantId)).id}/members`;
  await call('DELETE', `${members}/${id}`);
  return async () => void (await call('POST', members, id));
}

async function accountId(call: RealmCall, username: string): Promise<string> {
  const { text } = await call('GET', `/admin/realms/tenants/users?exact=true&username=${username}`);
  return (JSON.parse(text) as { id: string }[])[0]!.id;
}

async function collect({ registry, endpoints }: TestProduct, { tenantId }: Watched): Promise<() => Promise<void>> {
  const { rows } = await registry.query<{ id: string }>(
    `select external_id as id from resource where tenant_id = $1 and kind = 'billing-subscription'`,
    [tenantId],
  );
  const { url, apiKey } = endpoints.stripe!;
  const post = async (body: Record<string, string>): Promise<void> => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const request = { method: 'POST', headers, body: new URLSearchParams(body) };
    const { ok, status } = await fetch(`${url}/v1/subscriptions/${rows[0]!.id}`, request);
    if (!ok) throw new Error(`Stripe answered ${status}`);
  };
  await post({ pause_collection: '' });
  return () => post({ 'pause_collection[behavior]': 'void' });
}

function inRegistry(table: string, column: string, value: string, back: string): Harm['do'] {
  return async ({ inRegistryAsOwner }, { tenantId }) => {
    const set = (to: string) =>
      inRegistryAsOwner(`update ${table} set ${column} = ${to} where tenant_id = '${tenantId}'`);
    await set(value);
    return () => set(back);
  };
}

async function sql(endpoints: TestProduct['endpoints'], database: string, statements: string): Promise<void> {
  const client = await asSuperuser(endpoints, database);
  await client.query(statements).finally(() => client.end());
}

function storage({ s3 }: TestProduct['endpoints']) {
  return s3Client({ provider: 'versity', name: REGION, capacity: 1, ...s3![REGION]! });
}
