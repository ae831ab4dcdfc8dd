import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { eventually } from '../../eventually';
import { clientFor, furnish, startBench, type Bench } from './support';

jest.setTimeout(120_000);

let bench: Bench;
let receiver: Receiver;
beforeEach(async () => {
  bench = await startBench({ deliveryRetryMs: [20] });
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
  receiver = await startReceiver();
});
afterEach(async () => {
  await bench.close();
  await receiver.close();
});

/** A server that takes in what is delivered, and answers each request with the next of `answers`, then 200. */
interface Receiver {
  url: string;
  answers: number[];
  got: { body: string; signature: string }[];
  close(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const receiver: Omit<Receiver, 'url' | 'close'> = { answers: [], got: [] };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const status = receiver.answers.shift() ?? 200;
      receiver.got.push({
        body: Buffer.concat(parts).toString(),
        signature: String(request.headers['stripe-signature']),
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const typesOf = async (ids?: (event: Stripe.Event) => boolean) =>
  (await bench.stripe.events.list({ limit: 100 })).data.filter(ids ?? (() => true)).map(({ type }) => type);

const received = () => receiver.got.map(({ body }) => JSON.parse(body) as Stripe.Event);

const manners = async (description: object) => {
  const headers = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/json' };
  await fetch(`${bench.url}/_test/deliveries`, { method: 'POST', headers, body: JSON.stringify(description) });
};

async function subscribed(card: string) {
  const { customer, price, method } = await furnish(bench.stripe, card);
  const subscription = await bench.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_payment_method: method.id,
  });
  return { customer, subscription };
}

test('a paid invoice, a failed payment and a payment that needs its owner leave the events that Stripe sends', async () => {
  await subscribed('pm_card_visa');
  expect(await typesOf()).toEqual(
    expect.arrayContaining(['customer.created', 'customer.subscription.created', 'invoice.paid', 'charge.succeeded']),
  );
  const { subscription } = await subscribed('pm_card_chargeCustomerFail');
  const ofInvoice = ({ data }: Stripe.Event) => (data.object as { id?: string }).id === subscription.latest_invoice;
  expect(await typesOf(ofInvoice)).toEqual(['invoice.payment_failed', 'invoice.finalized', 'invoice.created']);
  const asked = await subscribed('pm_card_authenticationRequired');
  expect(
    await typesOf(({ data }) => (data.object as { id?: string }).id === asked.subscription.latest_invoice),
  ).toContain('invoice.payment_action_required');
});

test('an update says which fields had which values before', async () => {
  const { customer } = await furnish(bench.stripe);
  await bench.stripe.customers.update(customer.id, { name: 'Acme Ltd' });
  const [event] = (await bench.stripe.events.list({ type: 'customer.updated' })).data;
  expect(event!.data).toMatchObject({ object: { name: 'Acme Ltd' }, previous_attributes: { name: 'Acme' } });
  expect(await bench.stripe.events.retrieve(event!.id)).toEqual(event);
});

test('a card that its owner contests makes a dispute, which closing loses', async () => {
  await subscribed('pm_card_createDispute');
  const [dispute] = (await bench.stripe.disputes.list()).data;
  await bench.stripe.disputes.close(dispute!.id);
  expect(await typesOf(({ type }) => type.startsWith('charge.dispute'))).toEqual([
    'charge.dispute.closed',
    'charge.dispute.created',
  ]);
});

test('an endpoint gets the types it asked for, with a signature that the official SDK accepts, and none once it is deleted', async () => {
  const endpoint = await bench.stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['invoice.paid'] });
  expect(endpoint.secret).toMatch(/^whsec_/);
  expect((await bench.stripe.webhookEndpoints.list()).data).toMatchObject([{ id: endpoint.id, status: 'enabled' }]);
  expect((await bench.stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  const { subscription } = await subscribed('pm_card_visa');
  await eventually(() => receiver.got.length === 1, 60_000);
  const { body, signature } = receiver.got[0]!;
  const event = Stripe.webhooks.constructEvent(body, signature, endpoint.secret!);
  expect(event).toMatchObject({ type: 'invoice.paid', data: { object: { id: subscription.latest_invoice } } });
  expect(() => Stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow();
  await bench.stripe.webhookEndpoints.del(endpoint.id);
  await subscribed('pm_card_visa');
  expect((await bench.stripe.webhookEndpoints.list()).data).toEqual([]);
  expect((await bench.stripe.events.list({ type: 'invoice.paid' })).data[0]).toMatchObject({ pending_webhooks: 0 });
});

test('an event is sent again until it is accepted, also after a restart', async () => {
  await bench.stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.created'] });
  receiver.answers = [500, 500];
  await bench.stripe.customers.create();
  await eventually(() => receiver.got.length === 3, 60_000);
  await eventually(async () => (await bench.stripe.events.list()).data[0]!.pending_webhooks === 0, 60_000);
  receiver.answers = Array.from({ length: 1000 }, () => 503);
  const { id } = await bench.stripe.customers.create();
  await eventually(() => receiver.got.length > 3, 60_000);
  await bench.restart();
  bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
  receiver.answers = [];
  receiver.got.length = 0;
  await eventually(() => received().some(({ data }) => (data.object as { id?: string }).id === id), 60_000);
});

test('on request events arrive twice, and the newest first', async () => {
  await bench.stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.updated'] });
  const { id } = await bench.stripe.customers.create();
  await manners({ copies: 2, reversedWithinMs: 1_500 });
  await bench.stripe.customers.update(id, { name: 'first' });
  await bench.stripe.customers.update(id, { name: 'second' });
  await eventually(() => receiver.got.length === 4, 60_000);
  const names = received().map(({ data }) => (data.object as Stripe.Customer).name);
  expect(names.filter((name) => name === 'second')).toHaveLength(2);
  expect(names[0]).toBe('second');
});

test('a renewal on request charges the next period at once', async () => {
  const { subscription } = await subscribed('pm_card_visa');
  const headers = { authorization: 'Bearer sk_test_bench' };
  await fetch(`${bench.url}/_test/subscriptions/${subscription.id}/renew`, { method: 'POST', headers });
  const { data } = await bench.stripe.invoices.list({ subscription: subscription.id });
  expect(data.map(({ status, billing_reason: reason }) => [status, reason])).toEqual([
    ['paid', 'subscription_cycle'],
    ['paid', 'subscription_create'],
  ]);
});

test('events are forwarded from the start, also after a restart, by one endpoint', async () => {
  const secret = 'whsec_of_the_receiver';
  const forwarding = await startBench({ forward: { url: receiver.url, secret, types: ['customer.created'] } });
  try {
    await forwarding.restart();
    await forwarding.stripe.customers.create();
    await eventually(() => Promise.resolve(receiver.got.length === 1));
    const { body, signature } = receiver.got[0]!;
    expect(forwarding.stripe.webhooks.constructEvent(body, signature, secret).type).toBe('customer.created');
    expect((await forwarding.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  } finally {
    await forwarding.close();
  }
});
