import { startBench, type Bench } from './support';

let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
afterAll(() => bench.close());

const customers = async () => (await bench.stripe.customers.list({ limit: 100 })).data.length;

test('a repeat with the same key and parameters gets the first answer and has no second effect', async () => {
  const before = await customers();
  const first = await bench.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'same' });
  const second = await bench.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'same' });
  expect(second.id).toBe(first.id);
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  expect(await customers()).toBe(before + 1);
});

test('the same key with other parameters is an idempotency error', async () => {
  await bench.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'reused' });
  await expect(bench.stripe.customers.create({ name: 'B' }, { idempotencyKey: 'reused' })).rejects.toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
  });
});

test('a 500 is replayed to the same key, and another key gets through', async () => {
  const before = await customers();
  await bench.fault({ kind: 'refuse', path: '/v1/customers' });
  const failed = { type: 'StripeAPIError', statusCode: 500 };
  await expect(bench.stripe.customers.create({ name: 'C' }, { idempotencyKey: 'broken' })).rejects.toMatchObject(
    failed,
  );
  await expect(bench.stripe.customers.create({ name: 'C' }, { idempotencyKey: 'broken' })).rejects.toMatchObject(
    failed,
  );
  expect(await customers()).toBe(before);
  await bench.stripe.customers.create({ name: 'C' }, { idempotencyKey: 'broken-2' });
  expect(await customers()).toBe(before + 1);
});

test('an effect with a lost answer has happened, and its key keeps answering 500', async () => {
  const before = await customers();
  await bench.fault({ kind: 'lose', method: 'POST', path: '/v1/customers' });
  await expect(bench.stripe.customers.create({}, { idempotencyKey: 'lost' })).rejects.toMatchObject({
    statusCode: 500,
  });
  await expect(bench.stripe.customers.create({}, { idempotencyKey: 'lost' })).rejects.toMatchObject({
    statusCode: 500,
  });
  expect(await customers()).toBe(before + 1);
});

test('after a broken connection the SDK repeats the request with the same key, without a second effect', async () => {
  const before = await customers();
  await bench.fault({ kind: 'cut', method: 'POST', path: '/v1/customers' });
  const customer = await bench.stripe.customers.create({ name: 'D' });
  expect(customer.name).toBe('D');
  expect(await customers()).toBe(before + 1);
});

test('a request without an answer has happened once, however often it is repeated', async () => {
  const before = await customers();
  await bench.fault({ kind: 'hang', method: 'POST', path: '/v1/customers' });
  const create = () => bench.stripe.customers.create({ name: 'E' }, { idempotencyKey: 'hung', timeout: 300 });
  await expect(create()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  expect((await create()).name).toBe('E');
  expect(await customers()).toBe(before + 1);
});

test('a malformed request leaves its key unused', async () => {
  const wrong = bench.stripe.customers.create({ nickname: 'X' } as object, { idempotencyKey: 'typo' });
  await expect(wrong).rejects.toMatchObject({ code: 'parameter_unknown', param: 'nickname' });
  await expect(bench.stripe.customers.create({ name: 'X' }, { idempotencyKey: 'typo' })).resolves.toBeDefined();
});

test('a declined card is remembered under its key', async () => {
  const confirm = () =>
    bench.stripe.setupIntents.create(
      { confirm: true, payment_method: 'pm_card_visa_chargeDeclined' },
      { idempotencyKey: 'decl' },
    );
  await expect(confirm()).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
  await expect(confirm()).rejects.toMatchObject({
    headers: expect.objectContaining({ 'idempotent-replayed': 'true' }),
  });
});

test('a key may be forgotten after a day', async () => {
  const first = await bench.stripe.customers.create({}, { idempotencyKey: 'old' });
  bench.pass(25 * 3600);
  const later = await bench.stripe.customers.create({}, { idempotencyKey: 'old' });
  expect(later.id).not.toBe(first.id);
});
