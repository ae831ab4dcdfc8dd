import { clientFor, furnish, startBench, type Bench } from './support';

let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
afterAll(() => bench.close());

test.each([
  ['no key', undefined],
  ['a live key', 'Bearer sk_live_x'],
  ['some other text', 'Bearer hello'],
])('%s is refused with 401', async (_case, authorization) => {
  const answer = await fetch(`${bench.url}/v1/customers`, authorization ? { headers: { authorization } } : {});
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
});

test('a ping returns the account, with request id and API version', async () => {
  const account = await bench.stripe.accounts.retrieveCurrent();
  expect(account.object).toBe('account');
  expect(account.lastResponse.requestId).toMatch(/^req_/);
  expect(account.lastResponse.apiVersion).toBe('2026-10-28.endive');
});

test('lists are newest first, paged, and limited to a creation time', async () => {
  const prefix = `page${Date.now()}`;
  for (let i = 0; i < 5; i++) await bench.stripe.customers.create({ email: `${prefix}@example.com`, name: String(i) });
  const pages: string[] = [];
  for await (const customer of bench.stripe.customers.list({ email: `${prefix}@example.com`, limit: 2 }))
    pages.push(customer.name!);
  expect(pages).toEqual(['4', '3', '2', '1', '0']);
  bench.pass(100);
  const now = Math.floor(Date.now() / 1000) + 100;
  const late = await bench.stripe.customers.create();
  const found = await bench.stripe.customers.list({ created: { gte: now - 10 } });
  expect(found.data.map(({ id }) => id)).toEqual([late.id]);
  const before = await bench.stripe.customers.list({ ending_before: found.data[0]!.id });
  expect(before.data).toEqual([]);
});

test('metadata is merged, and an empty value removes its key', async () => {
  const { id } = await bench.stripe.customers.create({ metadata: { a: '1', b: '2' } });
  const after = await bench.stripe.customers.update(id, { metadata: { b: '', c: '3' } });
  expect(after.metadata).toEqual({ a: '1', c: '3' });
  expect((await bench.stripe.customers.update(id, { metadata: '' })).metadata).toEqual({});
});

test('ids are expanded in lists, and impossible expansions are refused', async () => {
  const { customer, price, method } = await furnish(bench.stripe);
  const { id } = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
  });
  const found = await bench.stripe.subscriptions.list({
    customer: customer.id,
    expand: ['data.customer', 'data.items.data.price.product', 'data.latest_invoice.payments'],
  });
  expect(found.data[0]).toMatchObject({
    id,
    customer: { name: 'Acme' },
    items: { data: [{ price: { product: { name: 'Starter' } } }] },
    latest_invoice: { payments: { data: [{ status: 'paid' }] } },
  });
  const wrong = bench.stripe.subscriptions.retrieve(id, { expand: ['status'] });
  await expect(wrong).rejects.toMatchObject({ statusCode: 400, message: 'This property cannot be expanded (status).' });
});

test('a lookup key belongs to one price until it is transferred', async () => {
  const { product, price } = await furnish(bench.stripe);
  await bench.stripe.prices.update(price.id, { lookup_key: 'starter-monthly' });
  const other = {
    product: product.id,
    currency: 'eur',
    unit_amount: 5,
    recurring: { interval: 'month' as const },
    lookup_key: 'starter-monthly',
  };
  await expect(bench.stripe.prices.create(other)).rejects.toMatchObject({ statusCode: 400, param: 'lookup_key' });
  const taken = await bench.stripe.prices.create({ ...other, transfer_lookup_key: true });
  const found = await bench.stripe.prices.list({ lookup_keys: ['starter-monthly'] });
  expect(found.data.map(({ id }) => id)).toEqual([taken.id]);
});

test('two concurrent requests with the same key make one object', async () => {
  const create = () => bench.stripe.customers.create({ name: 'once' }, { idempotencyKey: 'race' });
  const settled = await Promise.allSettled(Array.from({ length: 10 }, create));
  const ids = new Set(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : [])));
  expect(ids.size).toBe(1);
  for (const each of settled) if (each.status === 'rejected') expect(each.reason).toMatchObject({ statusCode: 409 });
});

test('hostile keys and values change nothing but the members they name', async () => {
  const answer = await fetch(`${bench.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_x', 'content-type': 'application/x-www-form-urlencoded' },
    body: '__proto__[polluted]=1&constructor[prototype][polluted]=1&metadata[__proto__][polluted]=1&name=<script>',
  });
  expect(answer.status).toBe(400);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  await bench.stripe.customers.create({ name: '<script>alert(1)</script>' });
  const page = await (await fetch(bench.url)).text();
  expect(page).not.toContain('<script>');
  expect(page).toContain('&lt;script&gt;');
});

test('unknown paths and missing or malformed parameters are answered as by Stripe', async () => {
  const { stripe } = bench;
  await expect(stripe.coupons.list()).rejects.toMatchObject({ statusCode: 404 });
  await expect(stripe.products.create({} as never)).rejects.toMatchObject({ code: 'parameter_missing', param: 'name' });
  await expect(stripe.customers.list({ limit: 'x' as never })).rejects.toMatchObject({
    code: 'parameter_invalid_integer',
  });
  await expect(stripe.customers.list({ limit: 101 })).rejects.toMatchObject({ param: 'limit' });
  await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({
    code: 'resource_missing',
    param: 'id',
    statusCode: 404,
  });
  await expect(clientFor(bench.url).customers.list({ starting_after: 'cus_none' })).rejects.toMatchObject({
    param: 'starting_after',
  });
});
