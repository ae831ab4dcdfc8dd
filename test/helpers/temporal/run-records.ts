import { createRunRecords } from '../../../activities/operations/run-records';
import type { TestRegistry } from '../registry';

/** The activities that record a run in this registry. Undoing a step is left to the test, as nothing is made at any provider. */
export function runRecords({ pool, keys }: TestRegistry): Omit<ReturnType<typeof createRunRecords>, 'compensateStep'> {
  return createRunRecords({
    pool,
    keys,
    effects: {
      revertStep: () => Promise.reject(new Error('Nothing was changed.')),
      releaseStep: () => Promise.reject(new Error('Nothing was made.')),
    },
  });
}
