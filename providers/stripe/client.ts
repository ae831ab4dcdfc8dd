import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { strictHttpClient } from './http-client';
import type { StripeSettings } from './settings';

/** Time limit for a request in milliseconds; far below the time after which `effect` looks again. */
const TIMEOUT = 10_000;

/** Below Stripe's limit of 25 per second in a sandbox; live accounts may send 100 (https://docs.stripe.com/rate-limits). */
const REQUESTS_PER_SECOND = 20;

/** The SDK's client, with a function that closes its connections. */
export interface StripeClient {
  stripe: Stripe;
  close(): void;
}

/**
 * Creates the SDK's client, which does not retry: Temporal does. Throws for a key that is not a secret key, for a live key outside
 * production, and for a live key together with another server's URL.
 */
export function createClient({ apiKey, url, allowLiveKey, requestsPerSecond }: StripeSettings): StripeClient {
  const mode = /^(?:sk|rk)_(test|live)_[\w-]+$/.exec(apiKey)?.[1];
  if (mode === undefined)
    throw new Error(
      "The Stripe key is not a secret key: it must begin with sk_test_ or sk_live_. Copy it from Stripe's dashboard (Developers, API keys).",
    );
  if (mode === 'live' && !allowLiveKey) {
    throw new Error(
      'The Stripe key is a live one, but this process does not run in production and must not move real money. Use a key that begins with sk_test_.',
    );
  }
  const server = url === undefined ? undefined : new URL(url);
  if (mode === 'live' && server !== undefined)
    throw new Error(
      `The Stripe key is a live one and would be sent to ${server.host}. Live keys may only be used with Stripe itself.`,
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
