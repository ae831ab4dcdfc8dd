import type { Check } from '../port/check';
import { failure } from '../port/failures';
import type { Probe } from '../port/probe';
import { classifyStorage } from './classify';
import { codeOf, statusOf } from './errors';

/** Check that passes if the call is allowed. A call that returns `false` was allowed but gave a wrong result, so the check fails. */
export function allowed(probe: Probe, id: string, claim: string, call: () => Promise<unknown>): Promise<Check[]> {
  return probe(id, async () => {
    try {
      const passed = (await call()) !== false;
      return [{ id, claim, passed, answered: passed ? 'allowed' : 'allowed, but with a wrong result' }];
    } catch (error) {
      return [{ id, claim, passed: false, answered: answerOf(error) }];
    }
  });
}

/** Check that passes if the store denies the call. `objectIsThere` makes sure that the refusal is not due to a missing object. */
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
      return [{ id, claim, passed: isRefusal(error), answered: answerOf(error) }];
    }
  });
}

/** Whether the store denied the call. Rethrows errors that may be transient; see {@link answerOf}. */
export function isRefusal(error: unknown): boolean {
  answerOf(error);
  return statusOf(error) === 403 || statusOf(error) === 401;
}

/** Codes of a store that has not propagated a new key to all its servers yet. Like denied access, they come with status 403. */
const KEY_NOT_RECOGNISED = ['InvalidAccessKeyId', 'SignatureDoesNotMatch'];

/**
 * The store's definite answer, as code and status. Rethrows errors that may be transient (no connection, 5xx, throttling, a bucket not
 * visible on all servers yet), because they do not answer the check.
 */
export function answerOf(error: unknown): string {
  const status = statusOf(error);
  const code = codeOf(error);
  if (status === undefined || code === undefined) throw error;
  if (KEY_NOT_RECOGNISED.includes(code))
    throw failure(
      'ProviderUnavailable',
      `The object store answered ${code} (${status}): it does not know the access key yet, so permissions cannot be checked.`,
      { cause: error },
    );
  if (classifyStorage(error, 'check')?.nonRetryable !== true) throw error;
  return `${code} (${status})`;
}
