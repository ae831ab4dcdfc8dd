import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { EDGE_ASK_PATH } from '../../contract/edge/route';
import type { RateLimits } from '../dependencies';
import { sendProblem } from '../http/error-handler';
import { ApiProblem } from '../http/problems';
import { isProbe } from '../http/route';
import { SCIM_PATH } from '../scim/base-url';
import { ScimError, sendScimError } from '../scim/errors';
import { OFREP_PATH } from './api-key-caller';
import { VERIFY_PATH } from '../routes/tenants/api-key-verification';

const MINUTE = 60_000;

/** Several callers can share an address, so an address may send this many times the requests of one caller. */
const CALLERS_PER_ADDRESS = 10;

/** API keys that a caller may verify per minute: the application verifies one for each request it receives. */
const VERIFICATIONS_PER_MINUTE = 60_000;

/** Claims per minute. Low, because a claim is made by a person with a single link. */
const CLAIMS_PER_MINUTE = 10;

/**
 * The API's rate limits, counted in this process. A request beyond a limit is answered 429 with `Retry-After`. Answers carry the headers of
 * the `RateLimit` draft standard, version 8.
 */
export interface Limits {
  /** Applied before a token is looked up, so that guessing tokens costs the database nothing. */
  address: RequestHandler;
  /** Applied once the caller is known. */
  caller: RequestHandler;
  /** Applied to claims: one limit per address and one per tenant. */
  claims: RequestHandler[];
}

/** Builds the middleware for the configured limits. */
export function createLimits(limits: RateLimits, publicUrl: string): Limits {
  const { perMinute, claimsPerMinute = CLAIMS_PER_MINUTE, verificationsPerMinute = VERIFICATIONS_PER_MINUTE } = limits;
  const limit = (
    identifier: string,
    limitOf: (request: Request) => number,
    keyOf: (request: Request) => string,
  ): RequestHandler =>
    rateLimit({
      windowMs: MINUTE,
      limit: limitOf,
      identifier,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      skip: isProbe,
      keyGenerator: keyOf,
      // The number of trusted proxies is configured explicitly, so the library's warnings about proxies would only be noise.
      validate: { trustProxy: false, xForwardedForHeader: false },
      handler: (request, response) =>
        request.path.startsWith(SCIM_PATH)
          ? sendScimError(response, new ScimError(429, 'This address has sent too many requests.'))
          : sendProblem(response, new ApiProblem('too-many-requests'), publicUrl, request),
    });
  // What the application and the edge ask for customers is counted separately, so that these cannot use up the limit its operators need.
  const callerLimit = (request: Request): number => (purposeOf(request) ? verificationsPerMinute : perMinute);
  const keyFor = (request: Request, caller: string): string => [purposeOf(request) ?? [], caller].flat().join(' ');
  return {
    address: limit(
      'address',
      (request) => callerLimit(request) * CALLERS_PER_ADDRESS,
      (request) => keyFor(request, addressOf(request)),
    ),
    caller: limit('caller', callerLimit, (request) => keyFor(request, callerOf(request))),
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

/** What the application and the edge ask for customers; undefined for all other requests. */
function purposeOf({ path }: Request): 'verify' | 'flags' | 'edge' | undefined {
  if (path === VERIFY_PATH) return 'verify';
  if (path === EDGE_ASK_PATH) return 'edge';
  return path.startsWith(`${OFREP_PATH}/`) ? 'flags' : undefined;
}

/** Keys of one tenant count together. */
function callerOf(request: Request): string {
  if (request.apiKey?.valid) return request.apiKey.tenantId;
  return request.principal?.id ?? addressOf(request);
}

function addressOf({ ip }: Request): string {
  return ipKeyGenerator(ip ?? '');
}
