import type { Check } from '../../check';
import { failure } from '../../failures';
import type { Probe } from '../../probes';
import { classifyStorage } from './classify';
import { codeOf, statusOf } from './errors';

/** Something the key must be able to do; `false` means that it did, and what came of it was wrong. */
export function allowed(probe: Probe, id: string, claim: string, call: () => Promise<unknown>): Promise<Check[]> {
  return probe(id, async () => {
    try {
      const passed = (await call()) !== false;
      return [{ id, claim, passed, answered: passed ? 'allowed' : 'allowed, but with other content' }];
    } catch (error) {
      return [{ id, claim, passed: false, answered: answerOf(error) }];
    }
  });
}

/** Something that must be denied, about an object that is there. */
export function refused(
  probe: Probe,
  id: string,
  claim: string,
  objectIsThere: () => Promise<unknown>,
  call: () => Promise<unknown>,
): Promise<Check[]> {
  return probe(id, async () => {
    await objectIsThere();
    try {
      await call();
      return [{ id, claim, passed: false, answered: 'allowed' }];
    } catch (error) {
      const answered = answerOf(error);
      return [{ id, claim, passed: statusOf(error) === 403 || statusOf(error) === 401, answered }];
    }
  });
}

/**
 * Refusals of a store that does not know a new key everywhere yet. They come as 403, like those that the checks are about.
 */
const NOT_ABOUT_RIGHTS = ['InvalidAccessKeyId', 'SignatureDoesNotMatch'];

/**
 * A definite answer in words. Throws what may pass by itself (no connection, 5xx, slow down, a bucket that is not visible everywhere yet): it
 * is no answer.
 */
export function answerOf(error: unknown): string {
  const status = statusOf(error);
  const code = codeOf(error);
  if (status === undefined || code === undefined) throw error;
  if (NOT_ABOUT_RIGHTS.includes(code))
    throw failure('ProviderUnavailable', `The object store answered ${code} (${status}), which is not about rights.`, {
      cause: error,
    });
  if (classifyStorage(error, 'check')?.nonRetryable !== true) throw error;
  return `${code} (${status})`;
}
