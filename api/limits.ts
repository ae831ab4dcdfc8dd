import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { RateLimits } from './dependencies';
import { sendProblem } from './error-handler';
import { ApiProblem } from './problems';
import { isProbe } from './route';
import { VERIFY_PATH } from './routes/api-key-verification';

const MINUTE = 60_000;

/** An address may ask this many times as often as one caller: several callers can share it. */
const CALLERS_AN_ADDRESS = 10;

/** What a caller may have verified in a minute: an application asks for each of its requests. */
const VERIFICATIONS_A_MINUTE = 60_000;

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
export function createLimits(limits: RateLimits, publicUrl: string): Limits {
  const { perMinute, claimsPerMinute = CLAIMS_A_MINUTE, verificationsPerMinute = VERIFICATIONS_A_MINUTE } = limits;
  const limit = (
    identifier: string,
    most: (request: Request) => number,
    keyOf: (request: Request) => string,
  ): RequestHandler =>
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
  // Verifications are counted apart, so that the application's customers do not use up what its operators need.
  const usual = (request: Request): number => (isVerification(request) ? verificationsPerMinute : perMinute);
  const apart = (request: Request, who: string): string => (isVerification(request) ? `verify ${who}` : who);
  return {
    address: limit(
      'address',
      (request) => usual(request) * CALLERS_AN_ADDRESS,
      (request) => apart(request, addressOf(request)),
    ),
    caller: limit('caller', usual, (request) => apart(request, request.principal?.id ?? addressOf(request))),
    claims: [
      limit('claims-by-address', () => claimsPerMinute, addressOf),
      limit(
        'claims-of-tenant',
        () => claimsPerMinute,
        ({ path }) => path,
      ),
    ],
  };
}

function isVerification({ path }: Request): boolean {
  return path === VERIFY_PATH;
}

function addressOf({ ip }: Request): string {
  return ipKeyGenerator(ip ?? '');
}
