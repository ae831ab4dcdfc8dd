import { newOrder, startTestProduct, type TestProduct } from '../../helpers/product';

const PLACES = 6;
const ORDERS = 100;

let product: TestProduct;

beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(() => product?.stop());

describe('more orders than capacity', () => {
  let runs: { operationId: string; tenantId: string }[];
  let seen: {
    most: number;
    operations: { status: string; failure?: { type: string } | undefined; tenantId: string }[];
  };

  beforeAll(async () => {
    await product.registry.query(`update cell set capacity = $1 where region = 'us-east' and kind = 'storage'`, [
      PLACES,
    ]);
    const orders = Array.from({ length: ORDERS }, () => newOrder({ region: 'us-east' }));
    const answers = await Promise.all(orders.map((order) => product.call('signup', 'POST', '/v1/tenants', order)));
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 202));
    runs = answers.map(({ body }) => body as (typeof runs)[number]);
    let most = 0;
    const operations = [];
    for (const { operationId } of runs) {
      const { status, failure, tenantId } = await product.until(
        operationId,
        (operation) => {
          // Sampled throughout the run, not only at the end.
          void usedNow().then((used) => (most = Math.max(most, used)));
          return ['active', 'failed', 'needs_operator'].includes(operation.status);
        },
        150_000,
      );
      operations.push({ status, failure, tenantId });
    }
    seen = { most, operations };
  }, 240_000);

  test('fill every place and never exceed capacity', async () => {
    const active = seen.operations.filter(({ status }) => status === 'active');
    expect(active).toHaveLength(PLACES);
    expect(seen.most).toBe(PLACES);
    expect(await usedNow()).toBe(PLACES);
  });

  test('fail with CapacityExhausted when there is no place, and leave nothing', async () => {
    const others = seen.operations.filter(({ status }) => status !== 'active');
    expect(new Set(others.map(({ status, failure }) => `${status} ${failure?.type}`))).toEqual(
      new Set(['failed CapacityExhausted']),
    );
    for (const { tenantId } of others.slice(0, 5)) expect(await product.providers.traces(tenantId)).toEqual([]);
    const { rows } = await product.registry.query<{ left: number }>(
      `select count(*)::int as left from resource where state <> 'absent' and tenant_id = any($1)`,
      [others.map(({ tenantId }) => tenantId)],
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  test('leave the counted capacity equal to the reservations', async () => {
    const { rows } = await product.registry.query(`
      select region, kind, cell, used, coalesce(sum(units), 0) as reserved from cell left join reservation using (region, kind, cell)
      group by region, kind, cell, used having used <> coalesce(sum(units), 0)`);
    expect(rows).toEqual([]);
  });
});

test('the same order sent fifty times at once is one order', async () => {
  const order = newOrder({ region: 'eu-central' });
  const send = () => product.call('signup', 'POST', '/v1/tenants', order, { 'idempotency-key': 'fifty-at-once' });
  const answers = await Promise.all(Array.from({ length: 50 }, send));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.operationId}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(202);
  const { operationId, tenantId } = answers[0]!.body as { operationId: string; tenantId: string };
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  const { rows } = await product.registry.query('select tenant_id from operation where tenant_name = $1', [
    order.tenantName,
  ]);
  expect(rows).toEqual([{ tenant_id: tenantId }]);
  expect(await product.providers.inventory(tenantId)).toMatchObject({ 'Stripe: customers': 1, 'S3: buckets': 1 });
  const other = await product.call(
    'signup',
    'POST',
    '/v1/tenants',
    { ...order, organizationName: 'Another' },
    { 'idempotency-key': 'fifty-at-once' },
  );
  expect(other.status).toBe(422);
});

test('of fifty simultaneous orders for one name, one is accepted', async () => {
  const order = newOrder();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => product.call('signup', 'POST', '/v1/tenants', order)),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([202, ...Array.from({ length: 49 }, () => 409)]);
  await product.untilEnded(answers.find(({ status }) => status === 202)!.body.operationId as string);
});

async function usedNow(): Promise<number> {
  const { rows } = await product.registry.query<{ used: string }>(
    `select used from cell where region = 'us-east' and kind = 'storage'`,
  );
  return Number(rows[0]!.used);
}
