import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Client } from 'pg';
import { dashName } from '../../../../contract/ids';
import { adminUsername } from '../../../../providers/keycloak/admin-user';
import { TEMPORARY_PASSWORD } from '../../../../providers/keycloak/passwords/temporary-password';
import { readSecret } from '../../../../registry/keys/secrets';
import { passwordGrant } from '../../../helpers/providers/keycloak/keycloak-grant';
import { tenantLogins } from '../../../helpers/providers/tenant-logins';
import type { TestProduct } from '../../../helpers/product';
import { REGION } from '../../proxies/lines';
import { billedAs } from './in-stripe';
import { KEPT_OBJECT, PROBE_OBJECT, type Watched } from './watched';

/** Each way to use a tenant, and whether it is `open` or `closed`; any other text is an answer that means neither. */
export type Reach = Record<string, string>;

/** Tries every way to use a tenant with the tenant's own credentials, at the servers themselves. */
export async function reachOf(product: TestProduct, tenant: Watched): Promise<Reach> {
  const parts = await Promise.all([
    inStorage(product, tenant),
    tenant.plan === 'starter' ? inPool(product, tenant) : byLogins(product, tenant),
    atKeycloak(product, tenant),
    atTheProduct(product, tenant),
    billedAs(product, tenant.tenantId).then((billing) => ({ billing })),
  ]);
  return Object.assign({}, ...parts) as Reach;
}

async function inStorage(product: TestProduct, { tenantId }: Watched): Promise<Reach> {
  const s3 = await tenantLogins(product, tenantId, REGION).s3();
  const bucket = { Bucket: dashName(tenantId) };
  const answer = (send: (client: S3Client) => Promise<unknown>): Promise<string> =>
    send(s3).then(
      () => 'open',
      ({ $metadata, message }: { $metadata?: { httpStatusCode?: number }; message: string }) =>
        $metadata?.httpStatusCode === 403 ? 'closed' : message,
    );
  try {
    return {
      'listing objects': await answer((client) => client.send(new ListObjectsV2Command(bucket))),
      'reading an object': await answer((client) =>
        client
          .send(new GetObjectCommand({ ...bucket, Key: KEPT_OBJECT }))
          .then(({ Body }) => Body?.transformToString()),
      ),
      'writing an object': await answer((client) =>
        client.send(new PutObjectCommand({ ...bucket, Key: PROBE_OBJECT, Body: tenantId })),
      ),
    };
  } finally {
    s3.destroy();
  }
}

/** The shared login, acting for the tenant as the application does. */
async function inPool(product: TestProduct, { tenantId }: Watched): Promise<Reach> {
  const client = await tenantLogins(product, tenantId, REGION).database('pool');
  try {
    return {
      'reading rows': await tried(client, tenantId, `select from app.project`),
      'writing rows': await tried(client, tenantId, `update app.setting set updated_at = now()`),
    };
  } finally {
    await client.end();
  }
}

async function tried(client: Client, tenantId: string, sql: string): Promise<string> {
  await client.query('begin');
  await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
  const answer = await client.query(sql).then(
    ({ rowCount }) => (rowCount === 0 ? 'closed' : 'open'),
    ({ code, message }: { code?: string; message: string }) => (code === '42501' ? 'closed' : message),
  );
  await client.query('rollback');
  return answer;
}

async function byLogins(product: TestProduct, { tenantId }: Watched): Promise<Reach> {
  const logins = tenantLogins(product, tenantId, REGION);
  const answer = (login: 'app' | 'readonly'): Promise<string> =>
    logins.database(login).then(
      (client) => client.end().then(() => 'open'),
      ({ code, message }: { code?: string; message: string }) => (code === '28000' ? 'closed' : message),
    );
  return { 'the login': await answer('app'), 'the read-only login': await answer('readonly') };
}

async function atKeycloak(product: TestProduct, { tenantId, member }: Watched): Promise<Reach> {
  const keycloak = product.endpoints.keycloak!;
  const about = { tenantId, kind: 'idp-admin-user', name: TEMPORARY_PASSWORD };
  const password = (await readSecret(product.registry, product.keys, about)) ?? '';
  const answer = async (username: string, right: string): Promise<string> => {
    const said = await passwordGrant(keycloak, username, right);
    if (said === 'Account disabled') return 'closed';
    // The right temporary password must be changed first.
    return said === 'logged in' || said === 'Account is not fully set up' ? 'open' : said;
  };
  return {
    'the admin’s account': await answer(adminUsername(tenantId), password),
    'a member’s account': await answer(member.username, member.password),
  };
}

async function atTheProduct({ registry, keys, call }: TestProduct, { tenantId, plan }: Watched): Promise<Reach> {
  const { rows } = await registry.query<{ name: string }>(`select name from api_key where tenant_id = $1 limit 1`, [
    tenantId,
  ]);
  const key = await readSecret(registry, keys, { tenantId, kind: 'api-keys', name: rows[0]!.name });
  const { body } = await call('application', 'POST', '/v1/api-keys:verify', { key });
  const reach: Reach = { 'the API key': body.valid === true ? String(body.access) : 'closed' };
  if (plan !== 'starter') return reach;
  const placed = await registry.query<{ access: string }>(`select access from pool_placement where tenant_id = $1`, [
    tenantId,
  ]);
  return { ...reach, 'the placement': placed.rows[0]?.access ?? 'not placed' };
}
