import { createHash } from 'node:crypto';
import type pg from 'pg';
import { obeyStaffLogout } from '../../registry/staff/sessions';
import { ApiProblem } from '../http/problems';
import type { IdentityProvider } from './identity-provider';
import type { StaffSettings } from './settings';
import { claimsToBeFrom, verifiedToken } from './verify-token';

/** Seconds for which a logout token is valid after it was made. */
const LONGEST_AGE_SECONDS = 300;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What a logout needs. */
export interface LogoutOptions {
  pool: pg.Pool;
  provider: Pick<IdentityProvider, 'verification'>;
  settings: Pick<StaffSettings, 'issuer' | 'clientId'>;
  now: () => Date;
}

/**
 * Ends the sessions that a logout token names, and returns how many: https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation.
 * Throws `invalid-logout-token` for a token that is not valid, or that came before.
 */
export async function obeyLogout(token: unknown, { pool, provider, settings, now }: LogoutOptions): Promise<number> {
  const { issuer, clientId } = settings;
  if (typeof token !== 'string' || !claimsToBeFrom(issuer, token)) throw invalid('It is no token of this issuer.');
  const verified = await verifiedToken(token, await provider.verification(), {
    audience: clientId,
    now: now(),
    requiredClaims: ['iat', 'jti'],
    maxTokenAge: LONGEST_AGE_SECONDS,
  });
  if (!verified) throw invalid('Its signature, issuer, audience, time or id is not right.');
  const { typ } = verified.protectedHeader;
  const { jti, iat, sid, sub, nonce, events } = verified.payload;
  const isLogout = typeof events === 'object' && events !== null && EVENT in events && nonce === undefined;
  if (!isLogout || (typ !== undefined && !/^(?:logout\+)?jwt$/i.test(typ))) throw invalid('It is no logout token.');
  if (typeof sid !== 'string' && typeof sub !== 'string') throw invalid('It names neither a session nor a person.');
  const ended = await obeyStaffLogout(pool, {
    issuer,
    sid: typeof sid === 'string' ? sid : undefined,
    subject: typeof sub === 'string' ? sub : undefined,
    tokenHash: createHash('sha256').update(`${issuer} ${jti}`).digest(),
    // As long as the token could be accepted, with both clocks' tolerance.
    expiresAt: new Date((iat! + 2 * LONGEST_AGE_SECONDS) * 1000),
  });
  if (ended === undefined) throw invalid('It was sent before.');
  return ended;
}

function invalid(why: string): ApiProblem {
  return new ApiProblem('invalid-logout-token', {
    detail: `The logout token was refused, and all sessions stay open. ${why}`,
  });
}
