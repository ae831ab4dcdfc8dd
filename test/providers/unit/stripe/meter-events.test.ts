import { randomUUID } from 'node:crypto';
import { startBillingBench, type BillingBench } from './support';

let bench: BillingBench;
beforeAll(async () => void (bench = await startBillingBench()), 300_000);
afterAll(() => bench.close());

const HOUR = 3_600;

/** A customer, and what Stripe counts of its API calls. */
async function customer() {
  const { stripe, billing } = bench;
  const { id } = await stripe.customers.create({ name: 'Quarry & Sons' });
  const { data: meters } = await stripe.billing.meters.list({ status: 'active' });
  const meter = meters.find(({ event_name }) => event_name === 'api_calls')!;
  const use = (value: number, changes: { identifier?: string; at?: Date } = {}) => {
    const event = { identifier: randomUUID(), eventName: 'api_calls', customer: id, value, at: new Date(), ...changes };
    return billing.sendMeterEvent({ ...event, signal: AbortSignal.timeout(10_000) }).then(() => event.identifier);
  };
  return {
    use,
    cancel: (identifier: string) =>
      billing.cancelMeterEvent({ identifier, eventName: 'api_calls', signal: AbortSignal.timeout(10_000) }),
    counted: async () => {
      const day = Math.floor(Date.now() / 86_400_000) * 86_400;
      const span = { customer: id, start_time: day - 40 * 86_400, end_time: day + 2 * 86_400 };
      const { data } = await stripe.billing.meters.listEventSummaries(meter.id, span);
      return data[0]?.aggregated_value ?? 0;
    },
  };
}

test('usage that is sent again with its identifier counts once', async () => {
  const { counted, use } = await customer();
  const identifier = await use(40);
  await use(40, { identifier });
  expect(await counted()).toBe(40);
});

test('usage whose answer was lost counts once when it is sent again', async () => {
  const { counted, use } = await customer();
  const identifier = randomUUID();
  await bench.fault({ method: 'POST', path: '/v1/billing/meter_events', kind: 'cut' });
  await expect(use(40, { identifier })).rejects.toThrow();
  expect(await counted()).toBe(40);
  await use(40, { identifier });
  expect(await counted()).toBe(40);
});

test('usage can be taken back, and counts no more', async () => {
  const { cancel, counted, use } = await customer();
  await use(5);
  const identifier = await use(40);
  expect(await cancel(identifier)).toBe(true);
  expect(await cancel(identifier)).toBe(true);
  expect(await counted()).toBe(5);
});

test('usage that was sent more than a day ago cannot be taken back; its difference can be sent', async () => {
  const { cancel, counted, use } = await customer();
  const identifier = await use(40);
  bench.pass(25 * HOUR);
  expect(await cancel(identifier)).toBe(false);
  await use(-10, { at: new Date() });
  expect(await counted()).toBe(30);
});

test('usage of more than 35 days ago is refused', async () => {
  const { use } = await customer();
  await expect(use(1, { at: new Date(Date.now() - 36 * 24 * HOUR * 1000) })).rejects.toThrow('35 days');
});
