import { ApiProblem } from './problems';

/**
 * The key of an `Idempotency-Key` header. The header is a structured-field string (RFC 9651 §3.3.3), and many send the bare key instead: `"k"`
 * and `k` are one key. Throws a problem for anything else, also for two headers, which arrive joined by a comma.
 */
export function parseIdempotencyKey(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(.)/g, '$1');
  const isBroken = quoted === undefined && header.includes('"');
  if (isBroken || !/^(?!.*,)[\x21-\x7e]{1,255}$/.test(key)) throw new ApiProblem('invalid-idempotency-key');
  return key;
}
