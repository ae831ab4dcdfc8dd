import type { Mutant } from './copy';

/** A mutant that changes nothing anybody could notice, with the reason. */
interface Equivalent {
  file: string;
  original: string;
  replacement: string;
  reason: string;
}

const at = (file: string, reason: string, ...changes: [original: string, replacement: string][]): Equivalent[] =>
  changes.map(([original, replacement]) => ({ file, original, replacement, reason }));

/** Not counted by the mutation test. */
export const EQUIVALENT: readonly Equivalent[] = [
  ...at(
    'activities/verdict.ts',
    'Only reached where every answer is there: all of them are fulfilled.',
    ["result.status === 'fulfilled'", 'true'],
    ['[]', '["Stryker was here"]'],
  ),
  ...at('registry/resolutions.ts', 'JSON’s null in the column is read as null, like the database’s own.', [
    'resolution.leftovers === null',
    'false',
  ]),
  ...at(
    'workflows/resolutions.ts',
    'A member that is undefined is left out where it is written as JSON, and no request without an id is looked for.',
    ['resolution.resolutionId !== undefined', 'true'],
    ['resolutionId !== undefined', 'true'],
    ['resolutionId === undefined', 'false'],
    ['reason === undefined', 'false'],
  ),
  ...at(
    'workflows/provision-tenant.ts',
    'The list is replaced before it is read; the state of a step that does not exist is shown nowhere.',
    ['[]', '["Stryker was here"]'],
  ),
  ...at(
    'workflows/provision-tenant.ts',
    'What the validator has let through is never malformed, and nothing after the pivot can be cancelled.',
    ["'The request'", '""'],
    ['isCancellation(error)', 'false'],
  ),
  ...at(
    'workflows/approval.ts',
    'The error is caught in the same function, so its text is never seen; JSON leaves out a member that is undefined.',
    ["'The signal'", '""'],
    ['comment === undefined', 'false'],
  ),
  ...at(
    'workflows/saga.ts',
    'A step that is added twice is undone once all the same, and the names of undone steps go nowhere.',
    ['!this.#added.includes(step)', 'true'],
    ['{ // The activity has recorded what is left and why; the caller asks the ledger. failed.push(step); }', '{}'],
  ),
];

export function isEquivalent({ file, original, replacement }: Mutant): boolean {
  return EQUIVALENT.some(
    (each) => each.file === file && each.original === original && each.replacement === replacement,
  );
}
