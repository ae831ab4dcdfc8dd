import type { ApplicationFailure } from '@temporalio/common';
import { failure } from './failures';

const MIXED = new WeakSet<object>();

/**
 * The failure of a look at a tenant's access that found it open in one place and closed in another: a change is still on its way, or someone has
 * changed a part. Unlike an answer that was lost, it is certain that the access is not what it should be.
 */
export function mixedAccess(message: string): ApplicationFailure {
  const mixed = failure('OutcomeUnknown', message);
  MIXED.add(mixed);
  return mixed;
}

/** Whether an error is a {@link mixedAccess}. */
export function isMixedAccess(error: unknown): boolean {
  return typeof error === 'object' && error !== null && MIXED.has(error);
}
