import type { Mutant } from './copy';
import { at, explains, type Explained } from './explained';

/** Mutants that have no observable effect. They are excluded from the score. */
export const EQUIVALENT: readonly Explained[] = [
  ...at(
    'activities/verification/assert-checks-passed.ts',
    'Only reached where every answer is there: all of them are fulfilled.',
    ["result.status === 'fulfilled'", 'true'],
    ['[]', '["Stryker was here"]'],
  ),
  ...at(
    'registry/operations/acceptance.ts',
    'Without a key the statement finds nothing either, one round trip later.',
    ['acceptance.idempotencyKey === undefined', 'false'],
  ),
  ...at('registry/operations/resolutions.ts', 'JSON’s null in the column is read as null, like the database’s own.', [
    'resolution.leftovers === null',
    'false',
  ]),
  ...at(
    'workflows/operations/resolutions.ts',
    'A member that is undefined is left out where it is written as JSON, and no request without an id is looked for.',
    ['resolution.resolutionId !== undefined', 'true'],
    ['resolutionId !== undefined', 'true'],
    ['resolutionId === undefined', 'false'],
    ['reason === undefined', 'false'],
  ),
  ...at(
    'workflows/provision/provision-tenant.ts',
    'The list is replaced before it is read; the state of a step that does not exist is shown nowhere.',
    ['[]', '["Stryker was here"]'],
  ),
  ...at('workflows/operations/carry-out.ts', 'What the validator has let through is never malformed.', [
    "'The request'",
    '""',
  ]),
  ...at('activities/effects/ensure.ts', 'What is written of any other error is written again right after it.', [
    'error instanceof CancelledFailure',
    'true',
  ]),
  ...at('workflows/provision/hand-over.ts', 'Nothing after the pivot can be cancelled.', [
    'isCancellation(error)',
    'false',
  ]),
  ...at('workflows/provision/approval.ts', 'The error is caught in the same function, so its text is never seen.', [
    "'The signal'",
    '""',
  ]),
  ...at(
    'workflows/provision/approval.ts',
    'JSON leaves out a member that is undefined, so the activity gets the same input.',
    ['comment === undefined', 'false', 'return { decision'],
  ),
  ...at('workflows/operations/notices.ts', 'The block only holds a log line.', [
    "{ log.warn('Optional work failed; the run continues without it', { error: String(error) }); }",
    '{}',
  ]),
];

export function isEquivalent(mutant: Mutant): boolean {
  return EQUIVALENT.some((each) => explains(each, mutant));
}
