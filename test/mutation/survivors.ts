import { at, type Explained } from './explained';

/** Mutants that change something but that no fast test can notice. They count against the score. */
export const SURVIVORS: readonly Explained[] = [
  ...at('api/access/auth.ts', 'The text is not a bearer header either, so it yields no token.', [
    "''",
    '"Stryker was here!"',
  ]),
  ...at(
    'registry/ledger/ledger.ts',
    'A row that has just been marked as gone is no longer closing, so the question how long to wait has the same answer, one round trip later.',
    ['rowCount === 1', 'false', 'return 0'],
  ),
  ...at(
    'workflows/provision/approval.ts',
    'A wait of no length ends at once, so the registry is asked at the same moment.',
    ['remaining > 0', 'true'],
    ['remaining > 0', 'remaining >= 0'],
  ),
  ...at(
    'workflows/provision/approval.ts',
    'A decision that has arrived ends the wait at once. At the deadline itself there is no wait, but the question to the registry finds the decision.',
    ['inbox.length > 0', 'false'],
  ),
];
