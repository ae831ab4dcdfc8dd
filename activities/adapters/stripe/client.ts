import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { strictHttpClient } from './http-client';
import type { StripeSettings } from './settings';

/** Milliseconds a request may take: well within the time after which `effect` looks again. */
const TIMEOUT = 10_000;

/** Below the 25 that Stripe takes in a sandbox (https://docs.stripe.com/rate-limits); live accounts may send 100. */
const REQUESTS_PER_SECOND = 20;

/** The SDK's client, and what ends its connections. */
export interface StripeClient {
  stripe: Stripe;
  close(): void;
}

/**
 * The one place a client is made. Nothing is retried here: Temporal retries. Throws for a key that is not a secret key, and for a live
 * key outside production.
 */
export function createClient({ apiKey, url, allowLiveKey, requestsPerSecond }: StripeSettings): StripeClient {
  const mode = /^(?:sk|rk)_(test|live)_[\w-]+$/.exec(apiKey)?.[1];
  if (mode === undefined)
    throw new Error(
      "The Stripe key is none: it must begin with sk_test_ or sk_live_ (Stripe's dashboard, Developers, API keys).",
    );
  if (mode === 'live' && !allowLiveKey) {
    throw new Error(
      'The Stripe key is a live one, and this process does not run in production: it could take real money. Use a key that begins with sk_test_.',
    );
  }
  const server = url === undefined ? undefined : new URL(url);
  if (mode === 'live' && server !== undefined)
    throw new Error(
      `The Stripe key is a live one and would be sent to ${server.host}. Live keys are for Stripe itself only.`,
    );
  const agent = server?.protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  const stripe = new Stripe(apiKey, {
    maxNetworkRetries: 0,
    timeout: TIMEOUT,
    telemetry: false,
    httpClient: strictHttpClient(agent, requestsPerSecond ?? REQUESTS_PER_SECOND),
    appInfo: { name: 'tenant-provisioner' },
    ...(server === undefined ? {} : addressOf(server)),
  });
  return { stripe, close: () => agent.destroy() };
}

function addressOf(server: URL): { host: string; port: string; protocol: 'http' | 'https' } {
  const protocol = server.protocol === 'http:' ? 'http' : 'https';
  return { host: server.hostname, port: server.port || (protocol === 'http' ? '80' : '443'), protocol };
}
