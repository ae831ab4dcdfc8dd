import { z } from 'zod';
import { staffVariables } from './staff-variables';
import { tracing } from './tracing-variables';
import {
  address,
  addresses,
  appDomain,
  atLeastOne,
  count,
  deploymentName,
  flag,
  names,
  nameServers,
  networks,
  ring,
  signingKey,
  text,
  url,
  web,
  webhookSecrets,
} from './value-schemas';
import { variable } from './variable';

/** Variables that API and worker share. */
export const registry = {
  REGISTRY_URL: variable(
    url(/^postgres(?:ql)?$/),
    'the control plane’s database, with the login that API and worker use',
    'postgres://registry:…@127.0.0.1:5432/registry',
  ),
  REGISTRY_POOL_SIZE: variable(count.default(10), 'connections of this process to the control plane’s database', '10'),
  KEY_RING: variable(ring, 'keys that wrap the tenants’ keys, newest first: id:base64 of 32 bytes', 'k1:…'),
  CODEC_KEY_RING: variable(
    ring,
    'keys that encrypt the payloads sent to Temporal, newest first: id:base64 of 32 bytes',
    'c1:…',
  ),
  LOG_LEVEL: variable(
    z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    'least severe level that is logged',
    'info',
  ),
  TEMPORAL_UI_URL: variable(
    web.optional(),
    'the Temporal Web UI, for links and to let it decrypt payloads through the API',
    'http://127.0.0.1:8233',
  ),
  TEMPLATES_DIR: variable(text.default('templates'), 'the folder with the plans’ templates', './templates'),
  COMPENSATION_SECONDS: variable(
    count.default(900),
    'seconds for which the undo of one step is tried before its leftovers go to an operator',
    '900',
  ),
  PUBLIC_URL: variable(
    web.optional(),
    'where callers and mail readers reach the API',
    'https://provisioner.example.com',
  ),
  WEBHOOK_INTERNAL_NETWORKS: variable(
    networks.default([]),
    'networks in CIDR notation, comma separated, with receivers of webhooks whose addresses are not public; they may also be reached by http',
    '10.20.0.0/16',
  ),
  DNS_SERVERS: variable(
    nameServers.default([]),
    'name servers that are asked for the records of tenants’ domains, comma separated, each with an optional port; without them, those of the operating system',
    '192.0.2.53,192.0.2.54:5353',
  ),
  ...tracing,
};

/** Variables of the programs that migrate the registry. */
export const owner = {
  REGISTRY_OWNER_URL: variable(
    url(/^postgres(?:ql)?$/).optional(),
    'the login that owns the control plane’s database and migrates it; without it nothing prevents changes to the audit trail',
    'postgres://registry_owner:…@127.0.0.1:5432/registry',
  ),
};

const keycloakClient = {
  KEYCLOAK_REALM: variable(text.default('tenants'), 'the realm that all tenants share', 'tenants'),
  KEYCLOAK_CLIENT_ID: variable(
    text.default('provisioner'),
    'a service client in Keycloak’s master realm',
    'provisioner',
  ),
};

/** Variables of the API. */
export const api = {
  ...registry,
  ...owner,
  HOST: variable(text.default('127.0.0.1'), 'the address to listen on', '127.0.0.1'),
  PORT: variable(count.default(8080), 'the port to listen on; 0 selects any free port', '8080'),
  TRUSTED_PROXIES: variable(
    count.default(0),
    'number of proxies in front of the API, which are trusted to name the caller’s address',
    '1',
  ),
  CONSOLE_DIR: variable(
    text.default('dist/console'),
    'the folder with the built web console, which `npm run build` fills',
    './dist/console',
  ),
  APPROVAL_DEADLINE_HOURS: variable(
    count.default(72),
    'hours an approver has before the order counts as rejected',
    '72',
  ),
  ACCEPT_UNVERIFIED_APPROVAL: variable(
    flag.default(true),
    'whether a signal that bypasses the API may approve an order',
    'true',
  ),
  RATE_LIMIT_PER_MINUTE: variable(count.default(600), 'requests one caller may send per minute', '600'),
  VERIFICATIONS_PER_MINUTE: variable(
    count.default(60_000),
    'API keys one caller may verify per minute, and evaluations of flags per tenant',
    '60000',
  ),
  STRIPE_WEBHOOK_SECRET: variable(
    webhookSecrets.optional(),
    'the signing secret of Stripe’s endpoint for events; two, comma separated, while one replaces the other; without it events are refused',
    'whsec_…',
  ),
  STRIPE_TEST_CARDS: variable(
    flag.default(false),
    'whether people who order are told Stripe’s test cards; only where Stripe is a local stand-in or in test mode',
    'false',
  ),
  APP_DOMAIN: variable(
    appDomain.optional(),
    'the domain below which tenants are reached: <tenantName>.<this>; without it the API leaves it to the worker to refuse our own domains as custom domains',
    'app.example.com',
  ),
  REGIONS_FILE: variable(text.optional(), 'the file that lists the regions', './regions.yaml'),
  KEYCLOAK_URL: variable(
    web.optional(),
    'the identity provider; without it the API serves no directories',
    'https://login.example.com',
    'KEYCLOAK_CLIENT_SECRET',
  ),
  ...keycloakClient,
  KEYCLOAK_CLIENT_SECRET: variable(text.optional(), 'the secret of that service client', '…', 'KEYCLOAK_URL'),
  ...staffVariables,
};

/** Variables of the worker. */
export const worker = {
  ...registry,
  PUBLIC_URL: variable(web, 'where mail readers reach the API', 'https://provisioner.example.com'),
  APP_DOMAIN: variable(appDomain, 'the domain below which tenants are reached: <tenantName>.<this>', 'app.example.com'),
  APPLICATION_URL: variable(
    web.optional(),
    'the application, to which users return after login',
    'https://app.example.com',
  ),
  REGIONS_FILE: variable(
    text,
    'the file that lists the regions; the API needs it only if a region keeps keys in AWS KMS, and reads nothing else from it',
    './regions.yaml',
  ),
  KEYCLOAK_URL: variable(
    web,
    'the identity provider; without it the API serves no directories (SCIM)',
    'https://login.example.com',
  ),
  ...keycloakClient,
  KEYCLOAK_CLIENT_SECRET: variable(text, 'the secret of that service client', '…'),
  STRIPE_API_KEY: variable(
    z.string().regex(/^[sr]k_/, 'must be a secret or restricted key of Stripe'),
    'the Stripe key of the account that bills customers',
    'sk_test_…',
  ),
  STRIPE_API_BASE: variable(web.optional(), 'another server with Stripe’s API, for tests', 'http://127.0.0.1:12111'),
  STRIPE_ALLOW_LIVE_KEY: variable(
    flag.default(false),
    'whether a live key, which moves real money, is allowed',
    'false',
  ),
  STRIPE_REQUESTS_PER_SECOND: variable(
    atLeastOne.default(20),
    'most requests per second that this process sends to Stripe; all workers share the account’s limit',
    '20',
  ),
  SMTP_URL: variable(url(/^smtps?$/), 'the mail server', 'smtp://127.0.0.1:1025'),
  MAIL_FROM: variable(address, 'the sender of mail', 'provisioner@example.com'),
  OPERATOR_MAIL: variable(addresses, 'recipients of failure notices, comma separated', 'ops@example.com'),
  APPROVER_MAIL: variable(addresses, 'recipients of approval requests, comma separated', 'approvals@example.com'),
  MAIL_INTERVAL_MINUTES: variable(
    count.default(1),
    'minutes between two retries of mail that could not be sent at once; 0: never',
    '1',
  ),
  WORKER_REGIONS: variable(
    names.default([]),
    'regions whose task queues this worker polls; all regions if none are named',
    'eu-central',
  ),
  // Temporal's Kubernetes worker controller sets these two variables under these names.
  TEMPORAL_DEPLOYMENT_NAME: variable(
    deploymentName.optional(),
    'the worker deployment to which this worker belongs; with it, a run finishes on the build that began it',
    'tenant-provisioner',
    'TEMPORAL_WORKER_BUILD_ID',
  ),
  TEMPORAL_WORKER_BUILD_ID: variable(
    text.optional(),
    'the build that this worker runs; it must differ for every change of the code',
    '0.2.0-4f1c9e2',
    'TEMPORAL_DEPLOYMENT_NAME',
  ),
  WORKER_CACHED_WORKFLOWS: variable(
    count.default(150),
    'runs kept in memory between their tasks; if more runs are open, most tasks replay their run first',
    '150',
  ),
  WORKER_CONCURRENT_ACTIVITIES: variable(
    atLeastOne.default(12),
    'activities that run at once on each queue; more than Temporal and the providers can answer in time end in time-outs',
    '12',
  ),
  SWEEP_INTERVAL_MINUTES: variable(count.default(15), 'minutes between two sweeps; 0: only on request', '15'),
  BACKUP_INTERVAL_MINUTES: variable(
    count.default(15),
    'minutes between two checks for tenants whose backup is due; 0: only first and requested backups',
    '15',
  ),
  SWEEP_GRACE_SECONDS: variable(
    count.default(3600),
    'seconds for which a sweep’s finding stays in quarantine before the sweeper acts on it',
    '3600',
  ),
  // An abandoned activity may continue unnoticed for 90 s, and its last request for another 15 s.
  SWEEP_LEASE_SECONDS: variable(
    atLeastOne.default(900),
    'seconds without activity after which a run may be lost; keep it well above 105, except in tests',
    '900',
  ),
  LATE_REQUEST_SECONDS: variable(
    atLeastOne.default(120),
    'seconds for which an undo keeps looking for what an unanswered request may still make; keep it well below COMPENSATION_SECONDS',
    '120',
  ),
  REPEATED_REQUEST_SECONDS: variable(
    count.default(5),
    'seconds after an answer for which an undo keeps looking for what a second delivery of the same request may make; 0 if no proxy repeats requests',
    '5',
  ),
  S3SCANNER_BIN: variable(
    text.optional(),
    'the S3Scanner 2 program, which scans tenants’ buckets; without it no scans are run',
    's3scanner',
  ),
  SCAN_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two checks for tenants whose scan is due; 0: only on request',
    '60',
  ),
  STORAGE_UPKEEP_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two rounds that enforce retention and quotas in the buckets; 0: never',
    '60',
  ),
  USAGE_INTERVAL_MINUTES: variable(
    count.default(5),
    'minutes between two rounds that send usage to the billing provider; 0: never',
    '5',
  ),
  DOMAIN_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two rounds that look for the records of domains whose last look is a day ago; 0: never',
    '60',
  ),
  BILLING_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two comparisons of the billing provider’s customers and subscriptions with the registry; 0: never',
    '60',
  ),
  EVENT_RETENTION_DAYS: variable(
    count.default(90),
    'days for which events can be read again; older ones are deleted by the rounds of STORAGE_UPKEEP_INTERVAL_MINUTES; 0: never',
    '90',
  ),
  AUDIT_SIGNING_KEY: variable(
    signingKey,
    'the Ed25519 key that signs the heads of audit trails: base64 of PKCS #8',
    'MC4CAQAw…',
  ),
  AUDIT_INTERVAL_MINUTES: variable(
    count.default(15),
    'minutes between two exports of audit heads; 0: only when a tenant becomes active',
    '15',
  ),
  WORKER_METRICS_PORT: variable(
    count.optional(),
    'the port that serves the worker’s /metrics; without it, none are served',
    '9464',
  ),
  WORKER_METRICS_HOST: variable(
    text.default('127.0.0.1'),
    'the address of that port; it needs no token, so keep it within the network of Prometheus',
    '0.0.0.0',
  ),
  WORKFLOW_BUNDLE: variable(
    text.optional(),
    'a workflow bundle made at build time; without it the worker bundles at start',
    './dist/workflow-bundle.js',
  ),
};
