import type { Check } from './check';

/**
 * Runs `find` under a stable name and returns its checks. A probe whose checks all passed on an earlier attempt of the same activity is not
 * run again; the earlier results are returned. Throws what `find` throws when the provider gives no answer.
 */
export type Probe = (name: string, find: () => Promise<Check[]>) => Promise<Check[]>;

/** Runs every probe and remembers nothing; for tests and one-off checks. */
export const probeAlways: Probe = (_name, find) => find();

/** Waits until all probes have settled, so that one without an answer does not discard the others' results; then throws the first error. */
export async function allChecks(asked: readonly Promise<Check[]>[]): Promise<Check[]> {
  const settled = await Promise.allSettled(asked);
  const unanswered = settled.find((result) => result.status === 'rejected');
  if (unanswered) throw unanswered.reason;
  return settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}
