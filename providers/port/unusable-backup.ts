import { failure } from './failures';

/** Creates a `BackupUnusable` failure. `why` completes the sentence "The backup cannot be used: …". */
export function unusable(why: string): Error {
  return failure('BackupUnusable', `The backup cannot be used: ${why}. Nothing was changed.`);
}
