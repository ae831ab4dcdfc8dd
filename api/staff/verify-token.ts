import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyResult } from 'jose';
import { CLOCK_TOLERANCE_SECONDS, unavailable } from './identity-provider';

/** Signatures with the issuer's public keys. Neither `none` nor a shared secret is among them. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a token must say. */
export interface Expected {
  audience: string;
  now: Date;
  requiredClaims: string[];
  maxTokenAge?: number;
}

/** Whether a text claims to be a JWT of this issuer. Anything else is refused without asking for its keys. */
export function claimsToBeFrom(issuer: string, token: string): boolean {
  if (!JWT.test(token)) return false;
  try {
    return withoutSlash(decodeJwt(token).iss ?? '') === withoutSlash(issuer);
  } catch {
    return false;
  }
}

/**
 * The verified content of an issuer's JWT (RFC 7519); undefined if its signature, issuer, audience, time or claims are not right. Throws
 * `identity-provider-unavailable` if the issuer's keys cannot be had.
 */
export async function verifiedToken(
  token: string,
  { issuer, keys }: { issuer: string; keys: JWTVerifyGetKey },
  { audience, now, requiredClaims, maxTokenAge }: Expected,
): Promise<JWTVerifyResult<JWTPayload> | undefined> {
  try {
    return await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims,
      ...(maxTokenAge === undefined ? {} : { maxTokenAge }),
    });
  } catch (error) {
    const { code } = error as { code?: string };
    // The library's general code is that of an answer without keys; anything without a code is a broken connection.
    const isUnanswered = code === undefined || code === errors.JWKSTimeout.code || code === errors.JOSEError.code;
    if (isUnanswered || !code.startsWith('ERR_J')) throw unavailable();
    return undefined;
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
