import { createHash, randomBytes } from 'node:crypto';

/**
 * What begins the secrets of a kind, so that people and secret scanners recognise it: API tokens, API keys, tokens of directories, links, monitoring keys.
 */
export type SecretKind = 'tp' | 'ak' | 'scim' | 'ssol' | 'mon';

/** A new secret: its kind, `_`, 8 characters to recognise it by, `_`, and 256 random bits, which need no slow hash. */
export function newSecret(kind: SecretKind): string {
  return `${kind}_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** The beginning of a secret, which is stored in clear to recognise it by: its kind and 8 characters. */
export function beginningOf(secret: string): string {
  return secret.slice(0, secret.indexOf('_') + 9);
}

/** Whether a text has the format of such a secret. */
export function looksLikeSecret(kind: SecretKind, text: string): boolean {
  return text.startsWith(`${kind}_`) && /^[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/.test(text.slice(kind.length + 1));
}

/** SHA-256 of a secret, the only thing that is stored of it beside its beginning. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
