import { ApiProblem } from '../problems';

/**
 * The key in an `Idempotency-Key` header. The standard form is a structured-field string (RFC 9651 §3.3.3), but many clients send the bare
 * key, so `"k"` and `k` are the same key. Throws a problem for anything else, including two headers, which Node joins with a comma.
 */
export function parseIdempotencyKey(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(.)/g, '$1');
  const isBroken = quoted === undefined && header.includes('"');
  if (isBroken || !/^(?!.*,)[\x21-\x7e]{1,255}$/.test(key)) throw new ApiProblem('invalid-idempotency-key');
  return key;
}
