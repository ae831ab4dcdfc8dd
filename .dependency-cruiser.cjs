/** Which room may import from which; see docs/architecture.md. */
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contract-knows-nobody',
      severity: 'error',
      from: { path: '^contract/' },
      to: { path: '^(api|workflows|activities|providers|registry|templates|stack|config)/|^worker' },
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
      to: { path: '^activities/', pathNot: '^activities/[^/]+/interface' },
    },
    {
      name: 'vendors-only-in-providers',
      severity: 'error',
      from: { path: '^(contract|api|workflows|activities|registry|templates|config)/' },
      to: { path: 'node_modules/(@aws-sdk|@kubernetes|@keycloak|stripe|nodemailer)/' },
    },
    {
      name: 'providers-are-below-activities',
      severity: 'error',
      from: { path: '^providers/' },
      to: { path: '^(api|workflows|activities|stack|config/environment)|^worker' },
    },
    {
      name: 'api-is-thin',
      severity: 'error',
      from: { path: '^api/', pathNot: '^api/(server|cli/)' },
      to: { path: '^(activities|providers|workflows|stack)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'api-composes-few-providers-only',
      comment:
        'keys, because the API reads what is encrypted; directories, because personal data must not pass through Temporal; proofs of domains and looks at identity providers, because the caller waits for the answer; signatures, because only their provider knows whether an event is signed; nothing else of a provider is the API’s business',
      severity: 'error',
      from: { path: '^api/(server|cli/)' },
      to: {
        path: '^(activities|providers|workflows|stack)/',
        pathNot:
          '^providers/(keys/keys|keycloak/directory/directory|keycloak/sso/redirect-uri|dns/domain-proofs|sso/sso-probe|stripe/signature)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'registry-and-templates-are-leaves',
      severity: 'error',
      from: { path: '^(registry|templates)/' },
      to: { path: '^(api|workflows|activities|providers|stack)/|^worker' },
    },
    {
      name: 'cli-needs-no-product',
      comment: 'who checks an export must not need what made it',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^(api|workflows|activities|providers|registry|templates|stack|config)/|^worker|node_modules/(pg|@temporalio|zod)/',
      },
    },
    {
      name: 'providers-do-not-know-each-other',
      severity: 'error',
      from: { path: '^providers/([^/]+)/' },
      to: { path: '^providers/', pathNot: '^providers/($1|port|aws)/' },
    },
    {
      name: 'environment-is-read-by-the-starters',
      severity: 'error',
      from: { pathNot: '^(worker|api/(server|cli/)|config/|stack/|test/|scripts/)' },
      to: { path: '^config/(environment|variables)' },
    },
    {
      name: 'opentelemetry-is-loaded-only-when-on',
      comment: 'tracing/tracing.ts loads the rest when it is configured',
      severity: 'error',
      from: { pathNot: '^(tracing|test)/' },
      to: {
        path: 'node_modules/(@opentelemetry|@temporalio/interceptors-opentelemetry)/|^tracing/(?!tracing)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'tracing-observes',
      comment: 'nothing that is traced is reached from here',
      severity: 'error',
      from: { path: '^tracing/' },
      to: { path: '^(api|workflows|activities|registry|templates|stack)/|^worker', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'metrics-observe',
      comment: 'nothing that is measured is reached from here',
      severity: 'error',
      from: { path: '^metrics/' },
      to: {
        path: '^(api|workflows|activities|registry|templates|stack|tracing)/|^worker',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'clients-are-for-others',
      comment: 'the application copies or bundles them: nothing but the PostgreSQL client may come along',
      severity: 'error',
      from: { path: '^clients/', pathNot: '^clients/typescript/' },
      to: { pathNot: '^clients/|node_modules/(pg|@types/pg)/' },
    },
    {
      name: 'the-typescript-client-is-a-package-of-its-own',
      comment: 'it has a package.json; what it imports has to be in there, and nothing of Node but in its command line',
      severity: 'error',
      from: { path: '^clients/typescript/(src|generated)/' },
      to: {
        pathNot:
          '^clients/typescript/(src|generated)/|node_modules/(openapi-fetch|eventsource-parser|standardwebhooks)/',
      },
    },
    {
      name: 'the-command-line-is-part-of-that-package',
      severity: 'error',
      from: { path: '^clients/typescript/(cli|bin)/' },
      to: {
        path: '^(?!clients/typescript/)[^/]+/',
        pathNot: 'node_modules/(commander|log-update|picocolors|tsx)/|^(node:)?[a-z_/]+$|dist/',
      },
    },
    {
      name: 'the-console-uses-the-public-api',
      comment: 'its program runs in a browser: nothing of the server, and no zod',
      severity: 'error',
      from: { path: '^console/', pathNot: '^console/vite' },
      to: {
        path: '^(?!console/|clients/typescript/(src|generated)/|contract/(?!schemas/))[^/]+/',
        pathNot: 'node_modules/(react|react-dom|@types|wouter|@tanstack|react-aria-components|vite)/',
      },
    },
    {
      name: 'the-product-uses-no-clients',
      severity: 'error',
      from: { path: '^(contract|api|workflows|activities|providers|registry|templates|config)/|^worker' },
      to: { path: '^clients/' },
    },
    {
      name: 'product-does-not-need-the-stack',
      severity: 'error',
      from: { path: '^(contract|api|workflows|activities|providers|registry|templates|config)/|^worker' },
      to: { path: '^(stack|test)/' },
    },
    {
      name: 'fetch-ahead-runs-before-npm-has-installed-anything',
      severity: 'error',
      from: { path: '^stack/fetch-ahead' },
      to: { path: 'node_modules/', reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.local|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'] },
  },
};
