import { z } from 'zod';
import { keycloakClient, registry } from './shared';
import {
  address,
  addresses,
  appDomain,
  atLeastOne,
  count,
  deploymentName,
  flag,
  hostAndPort,
  names,
  signingKey,
  text,
  url,
  web,
} from '../value-schemas';
import { variable } from '../variable';

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
  EDGE_ADDRESS: { ...registry.EDGE_ADDRESS, pairedWith: 'CADDY_ADMIN_URL' },
  EDGE_UPSTREAM: variable(
    hostAndPort.optional(),
    'host and port of the application, to which the edge passes requests on',
    '10.0.0.20:3000',
    'CADDY_ADMIN_URL',
  ),
  EDGE_ROOTS_FILE: variable(
    text.optional(),
    'a PEM file with the authorities of the edge’s certificates, where these are not public ones',
    './roots.pem',
  ),
  CADDY_ADMIN_URL: variable(
    web.optional(),
    'the API of Caddy, which is the edge',
    'http://10.0.0.10:2019',
    'EDGE_ADDRESS',
  ),
  CADDY_STORAGE_DIR: variable(
    text.optional(),
    'Caddy’s storage folder, from which the worker deletes certificates that are no longer needed',
    '/var/lib/caddy',
    'CADDY_ADMIN_URL',
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
