import { badRequest, StripeError } from './errors';

/** A request as received. */
export interface RawRequest {
  method: string;
  /** Path with the query. */
  url: string;
  headers: Record<string, string | undefined>;
  body: Buffer | undefined;
}

const FORWARDED = ['authorization', 'content-type', 'stripe-version', 'idempotency-key'];

/**
 * Lets stripe-mock, which keeps no state, check a request against Stripe's published OpenAPI description. Throws 400 with stripe-mock's
 * message if it refuses the request, and 500 if it does not answer, because an unchecked request must not pass as checked.
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
