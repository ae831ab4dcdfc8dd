import type { Check } from '../../check';
import type { Probe } from '../../probes';
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

/** Something that must be answered 401 or 403, about an object that is there. */
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

/** A definite answer in words; anything else (no connection, 5xx, slow down) is no answer and passes. */
export function answerOf(error: unknown): string {
  const status = statusOf(error);
  if (status === undefined || status >= 500 || status === 408 || status === 429) throw error;
  return `${codeOf(error)} (${status})`;
}
