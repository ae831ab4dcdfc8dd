import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { startStripeServer, type StripeServerOptions } from '../../../../stack/simulators/stripe/server';

/** A server with a state of its own, and the official SDK connected to it. */
export interface Bench {
  stripe: Stripe;
  url: string;
  stateFile: string;
  /** Advances the server's clock by seconds. */
  pass(seconds: number): void;
  /** Stops the server and starts it again on the same state. */
  restart(): Promise<void>;
  /** Schedules a fault of the server. */
  fault(description: object): Promise<void>;
  close(): Promise<void>;
}

/** The official SDK, connected to this address. */
export function clientFor(url: string, apiKey = 'sk_test_bench', timeout = 2000): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe(apiKey, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, timeout });
}

/** Starts a bench. */
export async function startBench(
  options: Pick<StripeServerOptions, 'deliveryRetryMs' | 'forward'> & { validate?: string } = {},
): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'stripe-'));
  const stateFile = join(dir, 'state.jsonl');
  let ahead = 0;
  const start = () =>
    startStripeServer({ port: 0, stateFile, now: () => Math.floor(Date.now() / 1000) + ahead, ...options });
  let server = await start();
  const bench: Bench = {
    stripe: clientFor(server.url),
    url: server.url,
    stateFile,
    pass: (seconds) => void (ahead += seconds),
    async restart() {
      await server.close();
      server = await start();
      bench.stripe = clientFor(server.url);
      bench.url = server.url;
    },
    async fault(description) {
      const headers = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/json' };
      const answer = await fetch(`${bench.url}/_test/faults`, {
        method: 'POST',
        headers,
        body: JSON.stringify(description),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async close() {
      await server.close();
      rmSync(dir, { recursive: true });
    },
  };
  return bench;
}

/** A customer with a stored card, a product, a monthly price of 10.00. */
export async function furnish(stripe: Stripe, card = 'pm_card_visa') {
  const customer = await stripe.customers.create({ name: 'Acme', metadata: { tenantId: 'tenant1' } });
  const product = await stripe.products.create({ name: 'Starter' });
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 1000,
    recurring: { interval: 'month' },
  });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  return { customer, product, price, method };
}

/** Unix seconds, `days` from now. */
export function inDays(days: number): number {
  return Math.floor(Date.now() / 1000) + days * 86_400;
}
