import { failure } from './failures';

/** A backup that cannot be used, and why: the end of the sentence "The backup cannot be used: …". */
export function unusable(why: string): Error {
  return failure('BackupUnusable', `The backup cannot be used: ${why}. Nothing was changed.`);
}
