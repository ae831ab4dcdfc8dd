import type { Agent } from 'node:http';
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import Stripe from 'stripe';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;

/**
 * The SDK's own way to send requests, at most `perSecond` of them, and made strict:
 * - What is above the rate waits here. A 429 would cost the step one of its attempts; how many can wait is bounded by the activities at once.
 * - A success is one of Stripe's objects (each names its kind in `object`); anything else is reported as no JSON, which leaves the outcome unknown.
 * - A refusal without JSON – some proxy's page – keeps its status and its `Retry-After`.
 * - A broken connection is reported and nothing more. The SDK would send the request again, even with no retries configured; repeating is
 *   Temporal's, after a look at what the first request did.
 */
export function strictHttpClient(agent: Agent, perSecond: number): HttpClient {
  const client = Stripe.createNodeHttpClient(agent);
  const send = client.makeRequest.bind(client);
  const pace = new RateLimiterQueue(new RateLimiterMemory({ points: perSecond, duration: 1 }));
  client.makeRequest = async (...request) => {
    await pace.removeTokens(1);
    try {
      return strict(await send(...request));
    } catch (error) {
      // Without a code of its own the SDK does not recognise it; our classification finds it as the cause.
      throw isTimeout(error) ? error : new Error('The connection to Stripe broke.', { cause: error });
    }
  };
  return client;
}

function strict(response: HttpResponse): HttpResponse {
  const read = response.toJSON.bind(response) as () => Promise<unknown>;
  const refused = response.getStatusCode() >= 400;
  response.toJSON = async () => {
    const body = await read().catch((error: unknown) => {
      // Only a body that came whole and could not be parsed.
      if (refused && (error as { rawBody?: unknown }).rawBody !== undefined) return undefined;
      throw error;
    });
    if (refused) return isObject(body) && isObject(body['error']) ? body : { error: {} };
    if (isObject(body) && typeof body['object'] === 'string') return body;
    throw new Error('The answer is none of the objects of Stripe.');
  };
  return response;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ETIMEDOUT';
}
