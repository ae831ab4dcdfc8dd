import { badRequest, StripeError } from './errors';

/** One request as it came in. */
export interface RawRequest {
  method: string;
  /** With the query. */
  url: string;
  headers: Record<string, string | undefined>;
  body: Buffer | undefined;
}

const FORWARDED = ['authorization', 'content-type', 'stripe-version', 'idempotency-key'];

/**
 * Shows a request to stripe-mock, which checks it against Stripe's published OpenAPI and remembers nothing. Throws 400 with its message
 * when it refuses, and 500 when it does not answer: a request that could not be checked must not pass as checked.
 */
export async function validateWith(mock: string, request: RawRequest): Promise<void> {
  const headers = Object.fromEntries(
    FORWARDED.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
  );
  const answer = await fetch(new URL(request.url, mock), {
    method: request.method,
    headers,
    ...(request.method === 'POST' && request.body ? { body: new Uint8Array(request.body) } : {}),
  }).catch((cause: unknown) => {
    throw new StripeError(500, 'api_error', `stripe-mock at ${mock} does not answer: ${String(cause)}. Is it running?`);
  });
  if (answer.status < 400) return void (await answer.arrayBuffer());
  const { error } = (await answer.json()) as { error: { message: string } };
  throw badRequest(`stripe-mock refuses ${request.method} ${request.url}: ${error.message}`, {
    code: 'refused_by_stripe_mock',
  });
}
