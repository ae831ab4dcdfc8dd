import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../../../contract/ids';
import { asServerAdmin, type RealmCall } from '../../../helpers/providers/keycloak/realm-user';
import { tenantLogins } from '../../../helpers/providers/tenant-logins';
import type { TestProduct } from '../../../helpers/product';
import { organizationOf } from '../../checker/eyes/in-keycloak';
import { KEPT_OBJECT, type Watched } from '../../checker/eyes/watched';
import type { Plan } from '../../plan/calls/call';
import { REGION } from '../../proxies/lines';

/** Gives a new tenant what a change of its access must not touch: an object, rows, a member, and a member who was disabled before. */
export async function inhabit(product: TestProduct, tenantId: string, plan: Plan): Promise<Watched> {
  const logins = tenantLogins(product, tenantId, REGION);
  const s3 = await logins.s3();
  try {
    await s3.send(new PutObjectCommand({ Bucket: dashName(tenantId), Key: KEPT_OBJECT, Body: tenantId }));
  } finally {
    s3.destroy();
  }
  const client = await logins.database(plan === 'starter' ? 'pool' : 'app');
  try {
    await client.query('begin');
    await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
    await (plan === 'starter'
      ? client.query(`insert into app.setting (tenant_id, key, value) values ($1, 'kept', '1')`, [tenantId])
      : client.query(`insert into setting (key, value) values ('kept', '1')`));
    await client.query('commit');
  } finally {
    await client.end();
  }
  const call = await asServerAdmin(product.endpoints.keycloak!);
  const { id } = await organizationOf(call, tenantId);
  const member = await join(call, id, true);
  await join(call, id, false);
  return { tenantId, plan, member };
}

async function join(call: RealmCall, organization: string, enabled: boolean): Promise<Watched['member']> {
  const member = { username: `person-${randomUUID()}`, password: `Aa1!${randomUUID()}` };
  const account = {
    username: member.username,
    email: `${member.username}@people.example`,
    firstName: 'Ada',
    lastName: 'Quarry',
    enabled,
    emailVerified: true,
    credentials: [{ type: 'password', temporary: false, value: member.password }],
  };
  await done(call('POST', '/admin/realms/tenants/users', account));
  const found = await done(call('GET', `/admin/realms/tenants/users?exact=true&username=${member.username}`));
  const [user] = JSON.parse(found) as { id: string }[];
  await done(call('POST', `/admin/realms/tenants/organizations/${organization}/members`, user!.id));
  return member;
}

async function done(answer: ReturnType<RealmCall>): Promise<string> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`Keycloak answered ${status}: ${text}`);
  return text;
}
