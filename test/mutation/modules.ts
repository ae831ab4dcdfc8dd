/** A part of the core, and the fast tests that have to notice when it changes; the quickest first. */
export interface MutatedModule {
  name: string;
  files: readonly string[];
  tests: readonly string[];
}

const workflow = (...names: string[]): string[] => names.map((name) => `workflows/${name}.ts`);

/** What `npm run test:mutation` changes, the smallest first. */
export const MODULES: readonly MutatedModule[] = [
  { name: 'visibility', files: ['api/visibility.ts'], tests: ['test/api/visibility.test.ts'] },
  { name: 'states', files: ['contract/states.ts'], tests: ['test/contract-core/states.test.ts'] },
  { name: 'auth', files: ['api/auth.ts'], tests: ['test/api/auth.test.ts'] },
  { name: 'verdict', files: ['activities/verdict.ts'], tests: ['test/activities/verdict.test.ts'] },
  { name: 'capacity', files: ['registry/capacity.ts'], tests: ['test/registry/capacity.test.ts'] },
  {
    name: 'claims',
    files: ['registry/claims.ts'],
    tests: ['test/registry/claims.test.ts', 'test/api/credentials.test.ts'],
  },
  { name: 'resolutions', files: ['registry/resolutions.ts'], tests: ['test/registry/resolutions.test.ts'] },
  { name: 'acceptance', files: ['registry/acceptance.ts'], tests: ['test/registry/acceptance.test.ts'] },
  {
    name: 'ledger',
    files: ['registry/ledger.ts'],
    tests: ['test/registry/ledger.test.ts', 'test/activities/effect.test.ts'],
  },
  { name: 'effect', files: ['activities/effect.ts'], tests: ['test/activities/effect.test.ts'] },
  {
    name: 'workflows',
    files: workflow(
      ...['provision-tenant', 'run', 'compensate', 'level', 'saga', 'resolutions', 'approval'],
      ...['activities', 'notices', 'failures', 'received', 'audit', 'details'],
    ),
    tests: ['test/workflows/paths.test.ts', 'test/workflows/moments.test.ts'],
  },
];
