import { PLAN, startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench?.close());

const ask = (plan = PLAN) => bench.billing.previewFirstInvoice(plan, 'yearly', AbortSignal.timeout(10_000));

test('the first invoice of a plan comes to its price, and asking for it makes nothing', async () => {
  const before = (await bench.stripe.invoices.list()).data.length;
  expect(await ask()).toEqual({ currency: 'eur', due: 19_000 });
  expect((await bench.stripe.invoices.list()).data).toHaveLength(before);
  expect((await bench.stripe.customers.list()).data).toEqual([]);
});

test('a plan that is not in the catalog has no first invoice', async () => {
  await expect(ask({ ...PLAN, subscriptionPlan: 'enterprise' })).rejects.toMatchObject({
    type: 'ProviderUnavailable',
  });
});
