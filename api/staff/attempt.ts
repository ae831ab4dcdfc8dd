import { hkdfSync } from 'node:crypto';
import { decrypt, encrypt, type KeyRing } from '../../contract/keys/key-ring';

/** A sign-in that has begun: what its callback is compared with. The browser keeps it, encrypted, so that any process can take the callback. */
export interface SignInAttempt {
  state: string;
  nonce: string;
  /** PKCE's code verifier, RFC 7636. */
  verifier: string;
  /** URL to go to afterwards. */
  returnTo: string;
}

/** Minutes that a person has at the issuer's login page. */
export const ATTEMPT_MINUTES = 10;

const CONTEXT = 'staff-sign-in';

/** Encrypts an attempt, with its time, for the browser's cookie. */
export function sealAttempt(ring: KeyRing, attempt: SignInAttempt, now: Date): string {
  const text = JSON.stringify({ ...attempt, endsAt: now.getTime() + ATTEMPT_MINUTES * 60_000 });
  const sealed = encrypt(keyOf(ring, ring.current), Buffer.from(text), CONTEXT);
  return `${ring.current}.${sealed.toString('base64url')}`;
}

/** The attempt in a cookie; undefined if it was not made by this API, or too long ago. */
export function openAttempt(ring: KeyRing, cookie: string, now: Date): SignInAttempt | undefined {
  const [keyId = '', sealed = ''] = cookie.split('.');
  try {
    const text = decrypt(keyOf(ring, keyId), Buffer.from(sealed, 'base64url'), CONTEXT).toString();
    const { endsAt, ...attempt } = JSON.parse(text) as SignInAttempt & { endsAt: number };
    return now.getTime() < endsAt ? attempt : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(ring: KeyRing, keyId: string): Buffer {
  return Buffer.from(hkdfSync('sha256', ring.key(keyId), '', CONTEXT, 32));
}
