/** A part of the core, and the fast tests that must notice its mutants, the quickest first. */
export interface MutatedModule {
  name: string;
  files: readonly string[];
  tests: readonly string[];
}

const workflow = (...names: string[]): string[] => names.map((name) => `workflows/${name}.ts`);

const PARTS = 'test/workflows/operations/parts.test.ts';

/** The modules of `npm run test:mutation`, the smallest first. */
export const MODULES: readonly MutatedModule[] = [
  { name: 'visibility', files: ['api/access/visibility.ts'], tests: ['test/api/access/visibility.test.ts'] },
  {
    name: 'states',
    files: ['states', 'kinds', 'provision', 'access', 'deprovision'].map((name) => `contract/operations/${name}.ts`),
    tests: ['test/contract/states.test.ts'],
  },
  { name: 'auth', files: ['api/access/auth.ts'], tests: ['test/api/access/auth.test.ts'] },
  {
    name: 'verdict',
    files: ['activities/verification/assert-checks-passed.ts'],
    tests: ['test/activities/verification/assert-checks-passed.test.ts'],
  },
  { name: 'capacity', files: ['registry/capacity/capacity.ts'], tests: ['test/registry/capacity/capacity.test.ts'] },
  {
    name: 'claims',
    files: ['registry/credentials/claims.ts'],
    tests: ['test/registry/credentials/claims.test.ts', 'test/api/routes/tenants/credentials.test.ts'],
  },
  {
    name: 'resolutions',
    files: ['registry/operations/resolutions.ts'],
    tests: ['test/registry/operations/resolutions.test.ts'],
  },
  {
    name: 'acceptance',
    files: ['registry/operations/acceptance.ts'],
    tests: ['test/registry/operations/acceptance.test.ts'],
  },
  {
    name: 'change-acceptance',
    files: ['registry/operations/change-acceptance.ts'],
    tests: ['test/registry/operations/change-acceptance.test.ts', 'test/registry/operations/removals.test.ts'],
  },
  {
    name: 'ledger',
    files: ['registry/ledger/ledger.ts'],
    tests: ['test/registry/ledger/ledger.test.ts', 'test/activities/effects/effect.test.ts'],
  },
  {
    name: 'ledger-changes',
    files: ['registry/ledger/changes.ts'],
    tests: ['test/registry/ledger/resource-events.test.ts', 'test/activities/effects/converge.test.ts'],
  },
  {
    name: 'effect',
    files: [
      'converge',
      'each-row',
      'effect',
      'ensure',
      'kind-table',
      'look-up',
      'release',
      'resource-context',
      'resource-secrets',
    ].map((name) => `activities/effects/${name}.ts`),
    tests: ['effect', 'converge', 'release-tenant'].map((name) => `test/activities/effects/${name}.test.ts`),
  },
  {
    name: 'parts',
    files: workflow('operations/saga', 'operations/failures', 'operations/received', 'operations/web-ui-details'),
    tests: [PARTS],
  },
  {
    name: 'workflows',
    files: workflow(
      'provision/provision-tenant',
      'provision/approval',
      'provision/hand-over',
      'operations/carry-out',
      'operations/checked-input',
      'operations/run',
      'operations/compensate',
      'operations/run-steps-together',
      'operations/resolutions',
      'operations/proxies',
      'operations/notices',
      'operations/regional',
      'maintenance/export-audit-heads',
      'maintenance/export-link',
    ),
    tests: [
      PARTS,
      'test/workflows/operations/regional.test.ts',
      'test/workflows/provision/paths.test.ts',
      'test/workflows/provision/moments.test.ts',
    ],
  },
  {
    name: 'access',
    files: workflow('access/change-access', 'access/change-everything'),
    tests: ['test/workflows/access/change-access.test.ts'],
  },
  {
    name: 'removal',
    files: workflow(
      'removal/deprovision-tenant',
      'removal/waits',
      'removal/present-build',
      'removal/remove-for-good',
      'removal/prove',
      'removal/certify',
      'removal/operators',
      'operations/leftovers',
    ),
    tests: ['test/workflows/removal/deprovision-tenant.test.ts', 'test/workflows/provision/paths.test.ts'],
  },
  ...['backups', 'deliver-mail', 'reissue-credentials', 'scans', 'storage-upkeep', 'sweep'].map((name) => ({
    name,
    files: workflow(`maintenance/${name}`),
    tests: [`test/workflows/maintenance/${name}.test.ts`],
  })),
  {
    name: 'trial',
    files: workflow('trial/watch-trial', 'operations/watches'),
    tests: ['test/workflows/trial/watch-trial.test.ts'],
  },
  {
    name: 'webhooks',
    files: workflow('webhooks/deliver-webhook'),
    tests: ['test/workflows/webhooks/deliver-webhook.test.ts'],
  },
  {
    name: 'billing',
    files: workflow(
      'billing/assign-billing-events',
      'billing/watch-billing',
      'billing/compare-billing',
      'billing/list-invoices',
    ),
    tests: [
      'test/workflows/billing/watch-billing.test.ts',
      'test/workflows/billing/compare-billing.test.ts',
      'test/workflows/billing/list-invoices.test.ts',
    ],
  },
  {
    name: 'identity',
    files: workflow('identity/check-domains', 'identity/configure-sso', 'edge/connect-domain', 'operations/configure'),
    tests: [
      'test/workflows/identity/check-domains.test.ts',
      'test/workflows/identity/configure-sso.test.ts',
      'test/workflows/edge/connect-domain.test.ts',
    ],
  },
  {
    name: 'reconcile',
    files: workflow('reconcile/reconcile-tenant'),
    tests: ['test/workflows/reconcile/reconcile-tenant.test.ts'],
  },
  { name: 'usage', files: workflow('usage/send-usage'), tests: ['test/workflows/usage/send-usage.test.ts'] },
];

/** Workflow files that the mutation test leaves out, each with the reason. */
export const NOT_MUTATED: readonly { file: string; reason: string }[] = [
  { file: 'workflows/index.ts', reason: 'It only lists the workflows that a worker offers.' },
];
