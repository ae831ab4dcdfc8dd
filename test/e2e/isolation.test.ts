import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Client as Postgres } from 'pg';
import { adminUsername } from '../../providers/keycloak/admin-user';
import { appRole, ownerRole, POOL_DATABASE, schemaName, SCHEMAS_DATABASE } from '../../providers/postgres/shares/names';
import { dashName } from '../../contract/ids';
import { plan, startTestProduct, type TestProduct } from '../helpers/product';
import { foreignAttempts, type OwnedAtKeycloak } from '../helpers/providers/keycloak/foreign-attempts';
import { asServerAdmin, asUser, type RealmCall } from '../helpers/providers/keycloak/realm-user';
import { tenantLogins, type TenantLogins } from '../helpers/providers/tenant-logins';

const REGION = 'eu-central';
const CANARY = 'canary';

interface Tenant {
  tenantId: string;
  plan: 'starter' | 'professional';
  logins: TenantLogins;
}

let product: TestProduct;
let tenants: Tenant[];
const pooled = (): Tenant[] => tenants.filter((tenant) => tenant.plan === 'starter');
const schemas = (): Tenant[] => tenants.filter((tenant) => tenant.plan === 'professional');

beforeAll(async () => {
  product = await startTestProduct();
  const plans = ['starter', 'professional', 'starter', 'professional'] as const;
  tenants = await Promise.all(
    plans.map(async (name) => {
      const { operationId, tenantId } = await product.order({ ...plan(name), region: REGION });
      const { status } = await product.untilEnded(operationId, 150_000);
      if (status !== 'active') throw new Error(`A ${name} tenant ended ${status}.`);
      return { tenantId, plan: name, logins: tenantLogins(product, tenantId, REGION) };
    }),
  );
}, 240_000);
afterAll(() => product?.stop());

/** Every ordered pair of two different tenants. */
function pairs(of: Tenant[]): [own: Tenant, other: Tenant][] {
  return of.flatMap((own) => of.filter((other) => other !== own).map((other): [Tenant, Tenant] => [own, other]));
}

describe('tenants with their own schema', () => {
  beforeAll(async () => {
    for (const tenant of schemas())
      await withDatabase(tenant, 'app', (client) =>
        client.query(`insert into ${schemaName(tenant.tenantId)}.project (name) values ($1)`, [CANARY]),
      );
  });

  test.each(['app', 'readonly'] as const)(
    'the %s login cannot read, write or list anything of another tenant',
    async (login) => {
      for (const [own, other] of pairs(schemas()))
        await withDatabase(own, login, async (client) => {
          const [mine, theirs] = [schemaName(own.tenantId), schemaName(other.tenantId)];
          // Control: without a working login a refusal would prove nothing.
          expect((await client.query(`select from ${mine}.project where name = $1`, [CANARY])).rowCount).toBe(1);
          for (const statement of [
            `select * from ${theirs}.project`,
            `insert into ${theirs}.project (name) values ('intruder')`,
            `update ${theirs}.project set name = 'intruder'`,
            `delete from ${theirs}.project`,
            `truncate ${theirs}.project`,
            `create table ${theirs}.intruder (id int)`,
            `drop schema ${theirs} cascade`,
            `alter role ${appRole(other.tenantId)} password 'intruder'`,
            `set role ${appRole(other.tenantId)}`,
            `set role ${ownerRole(other.tenantId)}`,
            `grant ${ownerRole(other.tenantId)} to ${appRole(own.tenantId)}`,
          ])
            expect({ statement, answer: await answerOf(client, statement) }).toEqual({
              statement,
              answer: expect.stringMatching(
                /permission denied|must be owner|must have admin|read-only transaction/,
              ) as string,
            });
          const listed = await client.query(`select from information_schema.tables where table_schema = $1`, [theirs]);
          expect(listed.rowCount).toBe(0);
        });
    },
  );

  test('their logins cannot enter the pooled tenants’ database, nor the pooled login theirs', async () => {
    for (const tenant of schemas())
      for (const login of ['app', 'readonly'] as const)
        await expect(tenant.logins.database(login, POOL_DATABASE)).rejects.toThrow(/permission denied/);
    for (const tenant of pooled())
      await expect(tenant.logins.database('pool', SCHEMAS_DATABASE)).rejects.toThrow(/permission denied/);
  });

  test('every tenant still has its own row and no other', async () => {
    for (const tenant of schemas()) {
      const rows = await withDatabase(tenant, 'app', (client) =>
        client.query(`select from ${schemaName(tenant.tenantId)}.project where name in ($1, 'intruder')`, [CANARY]),
      );
      expect(rows.rowCount).toBe(1);
    }
  });
});

describe('pooled tenants, on one connection', () => {
  let client: Postgres;

  beforeAll(async () => {
    client = await pooled()[0]!.logins.database('pool');
    for (const { tenantId } of pooled())
      await within(tenantId, () =>
        client.query('insert into app.project (tenant_id, name) values ($1, $2)', [tenantId, CANARY]),
      );
  });
  afterAll(() => client?.end());

  /** Runs work in a tenant's transaction, begun as the application begins it. */
  async function within<T>(tenantId: string | undefined, work: () => Promise<T>): Promise<T> {
    await client.query('begin');
    try {
      if (tenantId !== undefined) await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  }
  const seen = async (): Promise<string[]> => {
    const { rows } = await client.query<{ tenant: string }>('select distinct tenant_id as tenant from app.project');
    return rows.map(({ tenant }) => tenant);
  };

  test('each reads its own rows, however the connection was used before', async () => {
    expect(await within(undefined, seen)).toEqual([]);
    for (const [own, other] of pairs(pooled())) {
      expect(await within(own.tenantId, seen)).toEqual([own.tenantId]);
      expect(await within(other.tenantId, seen)).toEqual([other.tenantId]);
      expect(await within(undefined, seen)).toEqual([]);
      // A setting of the whole session: the next transaction's own tenant still wins, and no transaction sees two tenants.
      await client.query(`select set_config('app.tenant', $1, false)`, [own.tenantId]);
      expect(await within(other.tenantId, seen)).toEqual([other.tenantId]);
      expect(await within(undefined, seen)).toEqual([own.tenantId]);
      await client.query('discard all');
      expect(await within(undefined, seen)).toEqual([]);
    }
  });

  test('none can change, delete, insert or give away another tenant’s rows', async () => {
    for (const [own, other] of pairs(pooled())) {
      const theirs = [other.tenantId];
      const counts = await within(own.tenantId, async () => [
        (await client.query('select from app.project where tenant_id = $1', theirs)).rowCount,
        (await client.query(`update app.project set name = 'intruder' where tenant_id = $1`, theirs)).rowCount,
        (await client.query('delete from app.project where tenant_id = $1', theirs)).rowCount,
        (await client.query('delete from app.tenant where tenant_id = $1', theirs).catch(() => undefined))?.rowCount ??
          0,
      ]).catch(String);
      // The last statement may also be refused, which ends the transaction.
      expect([[0, 0, 0, 0], expect.any(String)]).toContainEqual(counts);
      for (const statement of [
        `insert into app.project (tenant_id, name) values ('${other.tenantId}', 'intruder')`,
        `update app.project set tenant_id = '${other.tenantId}'`,
      ])
        await expect(within(own.tenantId, () => client.query(statement))).rejects.toThrow(/row-level security/);
    }
  });

  test.each(['', ' ', '%', 'null', "' or true --", 'probe00000000000 '])(
    '%j is no tenant, and sees nothing',
    async (text) => {
      expect(await within(text, seen)).toEqual([]);
    },
  );

  test('every tenant still has its own row and no other', async () => {
    for (const { tenantId } of pooled()) {
      const { rows } = await within(tenantId, () =>
        client.query(`select name from app.project where name = any($1)`, [[CANARY, 'intruder']]),
      );
      expect(rows).toEqual([{ name: CANARY }]);
    }
  });
});

test('no tenant’s key can read, write, list or administer another tenant’s bucket', async () => {
  const signal = { abortSignal: AbortSignal.timeout(50_000) };
  for (const tenant of tenants)
    await withS3(tenant, (s3) =>
      s3.send(new PutObjectCommand({ Bucket: dashName(tenant.tenantId), Key: CANARY, Body: tenant.tenantId }), signal),
    );
  for (const [own, other] of pairs(tenants))
    await withS3(own, async (s3) => {
      const Bucket = dashName(other.tenantId);
      const attempts = {
        read: () => s3.send(new GetObjectCommand({ Bucket, Key: CANARY }), signal),
        write: () => s3.send(new PutObjectCommand({ Bucket, Key: 'intruder', Body: 'x' }), signal),
        overwrite: () => s3.send(new PutObjectCommand({ Bucket, Key: CANARY, Body: 'x' }), signal),
        delete: () => s3.send(new DeleteObjectCommand({ Bucket, Key: CANARY }), signal),
        list: () => s3.send(new ListObjectsV2Command({ Bucket }), signal),
        'list versions': () => s3.send(new ListObjectVersionsCommand({ Bucket }), signal),
        'read the policy': () => s3.send(new GetBucketPolicyCommand({ Bucket }), signal),
        'set the policy': () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{"Statement":[]}' }), signal),
        'drop the policy': () => s3.send(new DeleteBucketPolicyCommand({ Bucket }), signal),
        'make a bucket': () => s3.send(new CreateBucketCommand({ Bucket: `${dashName(own.tenantId)}-2` }), signal),
      };
      for (const [what, attempt] of Object.entries(attempts))
        expect({ what, status: await attempt().then(() => 200, statusOf) }).toEqual({ what, status: 403 });
      const listed = await s3.send(new ListBucketsCommand({}), signal).catch(() => ({ Buckets: [] }));
      expect((listed.Buckets ?? []).map(({ Name }) => Name)).not.toContain(Bucket);
    });
  for (const { tenantId, logins } of tenants)
    await withS3({ logins }, async (s3) => {
      const Bucket = dashName(tenantId);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: CANARY }), signal);
      expect(await Body?.transformToString()).toBe(tenantId);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }), signal);
      expect(Contents.map(({ Key }) => Key)).not.toContain('intruder');
    });
});

describe('at Keycloak', () => {
  const realm = '/admin/realms/tenants';
  let admin: RealmCall;
  let owned: Map<Tenant, OwnedAtKeycloak>;

  const done = async (...given: Parameters<RealmCall>): Promise<string> => {
    const { status, text } = await admin(...given);
    if (status >= 300) throw new Error(`Keycloak answered ${status} to ${given[1]}: ${text}`);
    return text;
  };
  const listed = async (path: string, by: 'id' | 'alias' | 'path'): Promise<unknown[]> =>
    (JSON.parse(await done('GET', `${realm}/${path}`)) as Record<string, unknown>[]).map((each) => each[by]);
  const found = async (path: string): Promise<string> => String((await listed(path, 'id'))[0]);

  beforeAll(async () => {
    admin = await asServerAdmin(product.endpoints.keycloak!);
    owned = new Map();
    for (const tenant of tenants) {
      const provider = dashName(tenant.tenantId);
      const own = {
        organization: await found(`organizations?exact=true&search=${provider}`),
        user: await found(`users?exact=true&username=${encodeURIComponent(adminUsername(tenant.tenantId))}`),
        group: await found(`groups?exact=true&search=${provider}`),
        provider,
      };
      const urls = { authorizationUrl: 'https://company.example', tokenUrl: 'https://company.example' };
      const config = { clientId: 'us', clientSecret: 'x', ...urls };
      await done('POST', `${realm}/identity-provider/instances`, { alias: provider, providerId: 'oidc', config });
      await done('POST', `${realm}/organizations/${own.organization}/identity-providers`, provider);
      owned.set(tenant, own);
    }
  });
  afterAll(async () => {
    for (const { provider } of owned.values()) await done('DELETE', `${realm}/identity-provider/instances/${provider}`);
  });

  test('no tenant’s admin can read, change, list or join another tenant’s organization, groups or identity provider', async () => {
    const server = product.endpoints.keycloak!;
    for (const own of tenants) {
      const { call, claims } = await asUser(server, adminUsername(own.tenantId));
      const mine = owned.get(own)!;
      // Control: without a working login a refusal would prove nothing.
      expect(JSON.parse(claims)).toMatchObject({ preferred_username: adminUsername(own.tenantId) });
      for (const other of tenants.filter((one) => one !== own)) {
        const theirs = owned.get(other)!;
        for (const [method, path, body] of foreignAttempts(realm, mine, theirs))
          // 403 and not 401: the caller is authenticated.
          expect({ method, path, status: (await call(method, path, body)).status }).toEqual({
            method,
            path,
            status: 403,
          });
        const asking = await asUser(
          server,
          adminUsername(own.tenantId),
          `openid organization:${dashName(other.tenantId)}`,
        ).catch(() => undefined);
        expect(`${claims} ${asking?.claims}`).not.toContain(other.tenantId);
      }
    }
  });

  test('every tenant still has its own members, groups and identity provider, and no others', async () => {
    for (const { organization, user, group, provider } of owned.values()) {
      expect(await listed(`organizations/${organization}/members`, 'id')).toEqual([user]);
      expect(await listed(`organizations/${organization}/identity-providers`, 'alias')).toEqual([provider]);
      const paths = await listed(`users/${user}/groups`, 'path');
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect(path).toMatch(new RegExp(`^/${provider}(/|$)`));
      expect(await listed(`groups/${group}/children`, 'path')).not.toContain(`/${provider}/intruder`);
    }
  });
});

async function withDatabase<T>(
  { logins }: Tenant,
  login: 'app' | 'readonly',
  work: (client: Postgres) => Promise<T>,
): Promise<T> {
  const client = await logins.database(login);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function withS3<T>({ logins }: Pick<Tenant, 'logins'>, work: (s3: S3Client) => Promise<T>): Promise<T> {
  const s3 = await logins.s3();
  try {
    return await work(s3);
  } finally {
    s3.destroy();
  }
}

async function answerOf(client: Postgres, statement: string): Promise<string> {
  return client.query(statement).then(
    ({ rowCount }) => `done, ${rowCount} rows`,
    (error: Error) => error.message,
  );
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
