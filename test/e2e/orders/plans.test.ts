import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client as Postgres } from 'pg';
import { resultSchema } from '../../../contract/schemas/result-schema';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { Credentials } from '../../../contract/schemas/request-schemas';
import { dashName, underscoreName } from '../../../contract/ids';
import { readSecret } from '../../../registry/keys/secrets';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { passwordGrant } from '../../helpers/providers/keycloak/keycloak-grant';
import { searchForSecrets } from '../../helpers/secrecy/secrecy';

const EVERYWHERE = {
  'Keycloak: groups': 1,
  'Keycloak: organizations': 1,
  'Keycloak: users': 1,
  'Stripe: customers': 1,
  'Stripe: subscriptions': 1,
};

describe.each([
  {
    name: 'starter' as const,
    region: 'eu-central',
    other: 'us-east',
    inRegion: { 'PostgreSQL: rows in the shared tables': 2, 'S3: buckets': 1, 'S3: users': 1 },
    apiKeys: ['default'],
  },
  {
    name: 'professional' as const,
    region: 'us-east',
    other: 'eu-central',
    inRegion: { 'PostgreSQL: roles': 3, 'PostgreSQL: schemas in all databases': 1, 'S3: buckets': 1, 'S3: users': 1 },
    apiKeys: ['default', 'reporting'],
  },
])('a $name tenant in $region', ({ name, region, other, inRegion, apiKeys }) => {
  let ordered: Ordered;
  let operation: Operation;
  let credentials: Credentials;

  beforeAll(async () => {
    ordered = await orders.get(name)!;
    operation = await product.untilEnded(ordered.operationId);
  });

  test('is active, with ten steps done', () => {
    expect(operation).toMatchObject({ status: 'active', region, plan: name, completed: 10, total: 10, leftovers: [] });
    expect(operation.steps.map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(operation.failure).toBeUndefined();
  });

  test('is reported in the documented shape, without a secret', async () => {
    const result = resultSchema.parse(operation.result);
    expect(result.status).toBe('success');
    expect(result.resources).toMatchObject({
      database: [{ region }].concat(name === 'starter' ? [] : [{ region }]),
      compute: [{ region }],
    });
    expect(result.resources.storage.map(({ kind }) => kind).sort()).toEqual(['bucket', 'storage-access-key']);
    expect(Object.keys(result.credentials ?? {}).sort()).toEqual(['adminAccessUrl']);
    const text = JSON.stringify(operation);
    for (const secret of await product.secrets())
      if (secret !== dashName(ordered.tenantId)) expect(text).not.toContain(secret);
  });

  test('has all its resources at the providers, all of them in its region', async () => {
    const everything = await product.providers.inventory(ordered.tenantId, region);
    expect(everything).toMatchObject({ ...EVERYWHERE, ...inRegion });
    const elsewhere = Object.keys(await product.providers.inventory(ordered.tenantId, other));
    expect(elsewhere.filter((what) => /^(PostgreSQL|S3)/.test(what))).toEqual([]);
  });

  test('was charged exactly once, after it became active', async () => {
    await product.temporal.workflow.getHandle(`operation/${ordered.operationId}`).result();
    const { invoices, charges } = await billedTo(ordered.tenantId);
    expect(invoices.filter(({ amount_paid: paid }) => paid > 0)).toHaveLength(1);
    expect(charges).toHaveLength(1);
    const { rows } = await product.registry.query<{ at: Date }>(
      `select at from audit_entry where tenant_id = $1 and action = 'operation.active'`,
      [ordered.tenantId],
    );
    // Stripe's clock has no fractions.
    expect(Date.parse(charges[0]!.time)).toBeGreaterThanOrEqual(Math.floor(rows[0]!.at.getTime() / 1000) * 1000);
  });

  test('hands out its first credentials once, to the holder of the mail’s link', async () => {
    const { token, text } = await welcomeOf(ordered.tenantId);
    for (const secret of await product.secrets())
      if (secret !== dashName(ordered.tenantId)) expect(text).not.toContain(secret);
    const claim = (wanted: string) =>
      product.call(undefined, 'POST', `/v1/tenants/${ordered.tenantId}/credentials:claim`, { token: wanted });
    expect((await claim('x'.repeat(token.length))).status).toBe(404);
    const first = await claim(token);
    expect(first.status).toBe(200);
    credentials = first.body as Credentials;
    expect(Object.keys(credentials.apiKeys).sort()).toEqual(apiKeys);
    expect((await claim(token)).status).toBe(404);
  });

  test('keeps only hashes of the API keys that it handed out', async () => {
    const { rows } = await product.registry.query<{ name: string; hash: Buffer }>(
      'select name, hash from api_key where tenant_id = $1 order by name',
      [ordered.tenantId],
    );
    expect(rows).toEqual(
      apiKeys.map((key) => ({ name: key, hash: createHash('sha256').update(credentials.apiKeys[key]!).digest() })),
    );
  });

  test('lets its first admin in with the temporary password, which must be changed', async () => {
    const { username, temporaryPassword } = credentials;
    const { keycloak } = product.endpoints;
    expect(await passwordGrant(keycloak!, username!, temporaryPassword)).toBe('Account is not fully set up');
    expect(await passwordGrant(keycloak!, username!, `${temporaryPassword}x`)).toBe('Invalid user credentials');
  });

  test('can use its own bucket and no other', async () => {
    const bucket = dashName(ordered.tenantId);
    const secret = (key: string) =>
      readSecret(product.registry, product.keys, { tenantId: ordered.tenantId, kind: 'storage-access-key', name: key });
    const { endpoint, region: signedFor } = product.endpoints.s3![region]!;
    const [accessKeyId, secretAccessKey] = await Promise.all([secret('accessKeyId'), secret('secretAccessKey')]);
    const s3 = new S3Client({
      endpoint,
      region: signedFor,
      forcePathStyle: true,
      credentials: { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! },
    });
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'hello', Body: 'world' }));
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'hello' }));
      expect(await body?.transformToString()).toBe('world');
      await expect(
        s3.send(new PutObjectCommand({ Bucket: 't-probe00000000000', Key: 'x', Body: 'x' })),
      ).rejects.toThrow('Access Denied');
    } finally {
      s3.destroy();
    }
  });

  test('reaches its own rows in the database and no others', async () => {
    const login = await databaseLogin(ordered.tenantId, name, region);
    const client = new Postgres({ connectionString: login.url });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(login.become);
      const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${login.table}`);
      expect(rows[0]!.count).toBe(login.rows);
      await expect(client.query(login.trespass)).rejects.toThrow(/permission denied|row-level security/);
    } finally {
      await client.end();
    }
  });

  test('keeps its name reserved', async () => {
    const { status, body } = await product.call('signup', 'POST', '/v1/tenants', ordered.order);
    expect({ status, type: body.type }).toEqual({ status: 409, type: expect.stringMatching(/name-taken$/) });
    expect(JSON.stringify(body)).not.toContain(ordered.tenantId);
  });

  test('cannot be cancelled any more', async () => {
    const { status } = await product.call('operator', 'POST', `/v1/operations/${ordered.operationId}/cancel`);
    expect(status).toBe(409);
  });
});

test('a charge declined after the pivot leaves the tenant active but past due, and mails the operators', async () => {
  const { operationId, tenantId } = await product.order({ paymentMethod: 'pm_card_chargeCustomerFail' });
  expect((await product.untilEnded(operationId)).status).toBe('active');
  await product.temporal.workflow.getHandle(`operation/${operationId}`).result();
  const { rows } = await product.registry.query('select status, billing from operation where tenant_id = $1', [
    tenantId,
  ]);
  expect(rows).toEqual([{ status: 'active', billing: 'past_due' }]);
  const mails = await product.untilMailed(
    ({ subject, text }) => `${subject}${text}`.includes(operationId) && /PaymentMethodDeclined/.test(subject),
  );
  expect(mails).toHaveLength(1);
});

test('no secret appears in logs, histories or other places where it does not belong', async () => {
  const { leaks, secrets, histories } = await searchForSecrets(product);
  expect(leaks).toEqual([]);
  expect(secrets).toBeGreaterThan(10);
  expect(histories).toBeGreaterThanOrEqual(3);
});

let product: TestProduct;
const orders = new Map<string, Promise<Ordered>>();

beforeAll(async () => {
  product = await startTestProduct();
  // All orders run in parallel; each block waits for its own.
  for (const [name, region] of [
    ['starter', 'eu-central'],
    ['professional', 'us-east'],
  ] as const)
    orders.set(name, product.order({ ...plan(name), region }));
  await Promise.all(orders.values());
});
afterAll(() => product?.stop());

interface Invoice {
  customer: string;
  amount_paid: number;
}

async function billedTo(tenantId: string): Promise<{ invoices: Invoice[]; charges: { time: string }[] }> {
  const { url } = product.endpoints.stripe!;
  const get = async <T>(path: string): Promise<T> => (await fetch(`${url}/_test/${path}`)).json() as Promise<T>;
  const customers = await get<{ id: string; metadata: { tenantId?: string } }[]>('objects/customer');
  const customer = customers.find(({ metadata }) => metadata.tenantId === tenantId)!.id;
  const invoices = (await get<(Invoice & { id: string })[]>('objects/invoice')).filter(
    (one) => one.customer === customer,
  );
  const effects =
    await get<{ effect: string; id: string; time: string; tenantId?: string; object: string }[]>('effects');
  const charges = effects.filter(
    ({ effect, id, tenantId: of }) =>
      effect === 'charged' && (of === tenantId || invoices.some((one) => one.id === id)),
  );
  return { invoices, charges };
}

async function welcomeOf(tenantId: string): Promise<{ token: string; text: string }> {
  const link = new RegExp(`/claim#${tenantId}\\.([A-Za-z0-9_-]+)`);
  const [mail] = await product.untilMailed(({ text = '' }) => link.test(text));
  const { subject, text = '', html = '' } = mail!;
  return { token: link.exec(text)![1]!, text: `${subject}${text}${html}` };
}

async function databaseLogin(tenantId: string, name: string, region: string) {
  const at = (database: string, user: string, password: string): string => {
    const url = new URL(product.endpoints.postgres!.regions[region]!.url);
    Object.assign(url, { pathname: `/${database}`, username: user, password });
    return url.href;
  };
  if (name === 'starter') {
    // The application's login, which every pooled tenant shares: the tenant is set per transaction.
    const password = await readSecret(product.registry, product.keys, {
      tenantId: 'probe00000000000',
      kind: 'shared',
      name: await sharedPasswordName(region),
    });
    return {
      url: at('app_pool', 'app_pool', password!),
      become: `select set_config('app.tenant', '${tenantId}', true)`,
      table: 'app.project',
      rows: 1,
      trespass: `insert into app.setting (tenant_id, key, value) values ('probe00000000000', 'x', '1')`,
    };
  }
  const password = await readSecret(product.registry, product.keys, {
    tenantId,
    kind: 'postgres-login',
    name: 'password',
  });
  return {
    url: at('app_schemas', `${underscoreName(tenantId)}_app`, password!),
    become: `set local search_path = ${underscoreName(tenantId)}`,
    table: 'project',
    rows: 1,
    trespass: 'select * from t_probe00000000000.project',
  };
}

async function sharedPasswordName(region: string): Promise<string> {
  const { rows } = await product.registry.query<{ name: string }>(
    `select name from secret where tenant_id = 'probe00000000000' and kind = 'shared' and name like '%app_pool' and name like $1`,
    [`%${region}%`],
  );
  return rows[0]!.name;
}
