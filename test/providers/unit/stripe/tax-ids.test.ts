import { resourceContext } from '../../kind-suite';
import { clientFor } from '../../../stack/simulators/stripe/support';
import { startBillingBench, type BillingBench } from './support';

jest.setTimeout(120_000);

let bench: BillingBench;
beforeAll(async () => {
  bench = await startBillingBench();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
}, 300_000);
afterAll(() => bench.close());

const signal = (): AbortSignal => AbortSignal.timeout(60_000);

/** The context in which a billing account with these tax ids is made. */
function account(...taxIds: { type: string; value: string }[]) {
  const spec = { organizationName: 'Acme', email: 'a@acme.example', taxIds };
  return resourceContext(bench.billing.customer, 'global', spec);
}

test('a billing account has the tax ids of the order, and the answer about each names none', async () => {
  const taxIds = [
    { type: 'eu_vat', value: 'DE123456789' },
    { type: 'gb_vat', value: '111111111' },
    { type: 'ch_uid', value: 'CHE-123.456.789' },
  ];
  const { id: customer } = await bench.billing.customer.create(account(...taxIds));
  const { data } = await bench.stripe.customers.listTaxIds(customer);
  expect(data.map(({ type, value }) => ({ type, value }))).toEqual(expect.arrayContaining(taxIds));
  const asked = [...taxIds, { type: 'eu_vat', value: 'FR12345678901' }];
  const checks = await bench.billing.taxIdChecks({ customer, taxIds: asked, signal: signal() });
  expect(checks.map(({ passed, answered }) => [passed, answered])).toEqual([
    [true, 'there, verified'],
    [true, 'there, unverified'],
    [true, 'there, unavailable'],
    [false, 'missing'],
  ]);
  for (const { value } of asked) expect(JSON.stringify(checks)).not.toContain(value);
});

test('a tax id that Stripe does not accept is a fault of the order, whose message does not have it', async () => {
  const made = bench.billing.customer.create(account({ type: 'eu_vat', value: 'not a number' }));
  const failure: unknown = await made.catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'TaxIdRefused', details: [{ pointer: '/billing/taxIds' }] });
  expect((failure as Error).message).not.toContain('not a number');
});
