import type { Agent } from 'node:http';
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import Stripe from 'stripe';
import { tracedCall } from '../port/traced-call';
import { operationOf } from './operation-of';

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;
type HttpResponse = Awaited<ReturnType<HttpClient['makeRequest']>>;

/**
 * The SDK's HTTP client, limited to `perSecond` requests per second and made strict:
 * - Requests above the rate wait here, as a 429 would cost the step an attempt. The number of concurrent activities bounds how many wait.
 * - A success must be a Stripe object, which names its type in `object`. Anything else counts as malformed JSON: the outcome is unknown.
 * - A refusal without JSON, such as a proxy's page, keeps its status and its `Retry-After`.
 * - A broken connection is only reported. The SDK would send the request again, even with retries disabled; but repeating is up to
 *   Temporal, once it is known what the first request did.
 */
export function strictHttpClient(agent: Agent, perSecond: number): HttpClient {
  const client = Stripe.createNodeHttpClient(agent);
  const send = client.makeRequest.bind(client);
  const pace = new RateLimiterQueue(new RateLimiterMemory({ points: perSecond, duration: 1 }));
  client.makeRequest = async (...request) => {
    await pace.removeTokens(1);
    try {
      const [, , path, method] = request;
      const call = { provider: 'stripe', operation: operationOf(method, path) };
      const answer = async (): Promise<HttpResponse> => strict(await send(...request));
      return await tracedCall(call, answer, (response) => response.getStatusCode());
    } catch (error) {
      // The SDK resends requests by the error's code, so the new error has none. Our classification finds the original as the cause.
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
      // `rawBody` is set only if the body arrived completely and could not be parsed.
      if (refused && (error as { rawBody?: unknown }).rawBody !== undefined) return undefined;
      throw error;
    });
    if (refused) return isObject(body) && isObject(body['error']) ? body : { error: {} };
    if (isObject(body) && typeof body['object'] === 'string') return body;
    throw new Error('The answer is not a Stripe object.');
  };
  return response;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ETIMEDOUT';
}
