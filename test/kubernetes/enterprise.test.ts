import { Client as Postgres } from 'pg';
import { dashName, underscoreName } from '../../contract/ids';
import type { Operation } from '../../contract/schemas/operation-schema';
import { readSecret } from '../../registry/keys/secrets';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../helpers/product';
import { searchForSecrets } from '../helpers/secrecy/secrecy';
import { observer } from './cluster';

const ENTERPRISE = plan('enterprise');
/** Waits for an approver, so that the tenant's id is known while nothing of it has been made. */
const RESTRICTED = { ...ENTERPRISE, customizations: { storageQuotaGb: 1000 } };

let product: TestProduct;

beforeAll(async () => {
  product = await startTestProduct();
}, 120_000);
afterAll(() => product?.stop(), 60_000);

describe('an enterprise tenant', () => {
  let ordered: Ordered;
  let operation: Operation;

  beforeAll(async () => {
    ordered = await product.order(ENTERPRISE);
    operation = await product.untilEnded(ordered.operationId, 90_000);
  }, 120_000);

  test('is active, with ten steps done', () => {
    expect(operation).toMatchObject({ status: 'active', region: 'eu-central', completed: 10, leftovers: [] });
    expect(operation.result?.resources).toMatchObject({
      database: expect.arrayContaining([expect.objectContaining({ kind: 'postgres-database', region: 'eu-central' })]),
      compute: [{ kind: 'kubernetes-namespace', region: 'eu-central' }],
    });
  });

  test('has a database and a namespace of its own, and everything else once', async () => {
    expect(await product.providers.inventory(ordered.tenantId, 'eu-central')).toMatchObject({
      'PostgreSQL: databases': 1,
      'PostgreSQL: roles': 3,
      'Kubernetes: namespaces': 1,
      'S3: buckets': 1,
      'S3: users': 1,
      'Keycloak: organizations': 1,
      'Keycloak: users': 1,
      'Stripe: customers': 1,
      'Stripe: subscriptions': 1,
    });
    const elsewhere = Object.keys(await product.providers.inventory(ordered.tenantId, 'us-east'));
    expect(elsewhere.filter((what) => /^(PostgreSQL|S3)/.test(what))).toEqual([]);
  });

  test('is fenced in its namespace', async () => {
    const { core } = observer();
    const namespace = dashName(ordered.tenantId);
    const { metadata } = await core.readNamespace({ name: namespace });
    expect(metadata?.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const [quota] = (await core.listNamespacedResourceQuota({ namespace })).items;
    expect(Object.keys(quota?.status?.hard ?? {})).not.toEqual([]);
    expect((await core.listNamespacedLimitRange({ namespace })).items).toHaveLength(1);
  });

  test('reaches its own database, and no other', async () => {
    const login = { tenantId: ordered.tenantId, kind: 'postgres-login', name: 'password' };
    const password = await readSecret(product.registry, product.keys, login);
    const connect = async (database: string): Promise<string> => {
      const url = new URL(product.endpoints.postgres!.regions['eu-central']!.url);
      const username = `${underscoreName(ordered.tenantId)}_app`;
      Object.assign(url, { username, password, pathname: `/${database}` });
      const client = new Postgres({ connectionString: url.href });
      await client.connect();
      const { rows } = await client.query<{ database: string }>('select current_database() as database');
      await client.end();
      return rows[0]!.database;
    };
    const own = underscoreName(ordered.tenantId);
    expect(await connect(own)).toBe(own);
    for (const other of ['app_schemas', 'app_pool', 'postgres'])
      await expect(connect(other)).rejects.toThrow(/permission denied for database/);
  });
});

test('is refused in step 1 where there is no cluster, naming why, and leaves nothing', async () => {
  const { operationId, tenantId } = await product.order({ ...ENTERPRISE, region: 'us-east' });
  const operation = await product.untilEnded(operationId);
  expect(operation).toMatchObject({ status: 'failed', failure: { step: 'validate', type: 'CapabilityMissing' } });
  expect(operation.failure!.message).toContain('needs a Kubernetes cluster');
  expect(await product.providers.traces(tenantId)).toEqual([]);
});

test('a declined card takes namespace and database away again', async () => {
  const { operationId, tenantId } = await product.order({ ...ENTERPRISE, paymentMethod: 'pm_card_chargeDeclined' });
  const operation = await product.untilEnded(operationId, 90_000);
  expect(operation).toMatchObject({ status: 'failed', failure: { type: 'PaymentMethodDeclined' }, leftovers: [] });
  expect(await product.providers.traces(tenantId)).toEqual([]);
}, 120_000);

test('a namespace of that name that is somebody else’s is neither taken over nor removed', async () => {
  const { core } = observer();
  const { operationId, tenantId } = await product.order(RESTRICTED);
  await product.until(operationId, ({ status }) => status === 'awaiting_approval');
  const name = dashName(tenantId);
  await core.createNamespace({ body: { metadata: { name, labels: { owner: 'somebody-else' } } } });
  try {
    const approval = `/v1/operations/${operationId}/approval`;
    expect((await product.call('approver', 'POST', approval, { decision: 'approve' })).status).toBe(202);
    const operation = await product.untilEnded(operationId, 90_000);
    expect(operation).toMatchObject({
      status: 'failed',
      failure: { step: 'storage-and-compute', type: 'ResourceNotOurs' },
      leftovers: [],
    });
    expect(await product.providers.traces(tenantId)).toEqual([]);
    expect((await core.readNamespace({ name })).metadata?.labels?.owner).toBe('somebody-else');
  } finally {
    await core.deleteNamespace({ name });
  }
}, 120_000);

test('nothing secret is anywhere it does not belong', async () => {
  const { leaks, secrets } = await searchForSecrets(product);
  expect(leaks).toEqual([]);
  expect(secrets).toBeGreaterThan(10);
});
