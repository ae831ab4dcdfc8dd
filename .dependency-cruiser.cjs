/** Which room may import from which; see docs/architecture.md. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'contract-knows-nobody',
      severity: 'error',
      from: { path: '^contract/' },
      to: { path: '^(api|workflows|activities|registry|templates|stack|config)/|^worker' },
    },
    {
      name: 'zod-only-in-schemas',
      comment: 'zod costs the workflow bundle 2.5 MB',
      severity: 'error',
      from: { path: '^contract/', pathNot: '^contract/schemas/' },
      to: { path: 'node_modules/(zod|@asteasolutions)/' },
    },
    {
      name: 'workflows-are-deterministic',
      comment: 'at run time only the workflow SDK, siblings and the parts of contract without zod',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: '^(workflows/|contract/(?!schemas/)|node_modules/@temporalio/(workflow|common)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-take-only-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', pathNot: '^activities/interface' },
    },
    {
      name: 'vendors-only-in-adapters',
      severity: 'error',
      from: { path: '^(contract|api|workflows|registry|templates|config)/|^activities/(?!adapters/)' },
      to: { path: 'node_modules/(@aws-sdk|@kubernetes|@keycloak|stripe|nodemailer)/' },
    },
    {
      name: 'api-is-thin',
      severity: 'error',
      from: { path: '^api/', pathNot: '^api/(server|cli/)' },
      to: { path: '^(activities|workflows|stack)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'api-composes-keys-only',
      comment:
        'whoever reads what is encrypted asks the keys’ keepers; nothing else of a provider is the API’s business',
      severity: 'error',
      from: { path: '^api/(server|cli/)' },
      to: {
        path: '^(activities|workflows|stack)/',
        pathNot: '^activities/adapters/keys/keys',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'registry-and-templates-are-leaves',
      severity: 'error',
      from: { path: '^(registry|templates)/' },
      to: { path: '^(api|workflows|activities|stack)/|^worker' },
    },
    {
      name: 'cli-needs-no-product',
      comment: 'who checks an export must not need what made it',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^(api|workflows|activities|registry|templates|stack|config)/|^worker|node_modules/(pg|@temporalio|zod)/',
      },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^activities/adapters/([^/]+)/' },
      to: { path: '^activities/adapters/', pathNot: '^activities/adapters/$1/' },
    },
    {
      name: 'environment-is-read-by-the-starters',
      severity: 'error',
      from: { pathNot: '^(worker|api/(server|cli/)|config/|stack/|test/|scripts/)' },
      to: { path: '^config/environment' },
    },
    {
      name: 'clients-are-for-others',
      comment: 'the application copies or bundles them: nothing but the PostgreSQL client may come along',
      severity: 'error',
      from: { path: '^clients/' },
      to: { pathNot: '^clients/|node_modules/(pg|@types/pg)/' },
    },
    {
      name: 'the-product-uses-no-clients',
      severity: 'error',
      from: { path: '^(contract|api|workflows|activities|registry|templates|config)/|^worker' },
      to: { path: '^clients/' },
    },
    {
      name: 'product-does-not-need-the-stack',
      severity: 'error',
      from: { path: '^(contract|api|workflows|activities|registry|templates|config)/|^worker' },
      to: { path: '^(stack|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.local|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
