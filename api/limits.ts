import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { RateLimits } from './dependencies';
import { sendProblem } from './error-handler';
import { ApiProblem } from './problems';
import { isProbe } from './route';

const MINUTE = 60_000;

/** An address may ask this many times as often as one caller: several callers can share it. */
const CALLERS_AN_ADDRESS = 10;

/** Claims are for people with one link. */
const CLAIMS_A_MINUTE = 10;

/** The API's limits, counted in this process. Each answers 429 with `Retry-After`, and the headers of the draft `RateLimit` standard (8). */
export interface Limits {
  /** Before a token is looked up, so that guessing costs the database nothing. */
  address: RequestHandler;
  /** After it. */
  caller: RequestHandler;
  /** On claims, an address and a tenant each. */
  claims: RequestHandler[];
}

/** Builds the limits. */
export function createLimits({ perMinute, claimsPerMinute = CLAIMS_A_MINUTE }: RateLimits, publicUrl: string): Limits {
  const limit = (identifier: string, most: number, keyOf: (request: Request) => string): RequestHandler =>
    rateLimit({
      windowMs: MINUTE,
      limit: most,
      identifier,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      skip: isProbe,
      keyGenerator: keyOf,
      // How many proxies to trust is configured; the library's advice on it would only be noise.
      validate: { trustProxy: false, xForwardedForHeader: false },
      handler: (request, response) => sendProblem(response, new ApiProblem('too-many-requests'), publicUrl, request),
    });
  return {
    address: limit('address', perMinute * CALLERS_AN_ADDRESS, addressOf),
    caller: limit('caller', perMinute, (request) => request.principal?.id ?? addressOf(request)),
    claims: [
      limit('claims-by-address', claimsPerMinute, addressOf),
      limit('claims-of-tenant', claimsPerMinute, ({ path }) => path),
    ],
  };
}

function addressOf({ ip }: Request): string {
  return ipKeyGenerator(ip ?? '');
}
