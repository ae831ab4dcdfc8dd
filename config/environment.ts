import { createPrivateKey, type KeyObject } from 'node:crypto';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { parseKeyRing, type KeyRing } from '../contract/key-ring';

/** The process's environment. */
export type Environment = Record<string, string | undefined>;

const ring = z.string().transform((text, context): KeyRing => {
  try {
    return parseKeyRing(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const signingKey = z.string().transform((text, context): KeyObject => {
  try {
    const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What OpenSSL says of it helps nobody.
  }
  context.addIssue({
    code: 'custom',
    message: 'must be an Ed25519 key: base64 of its PKCS #8 form, as openssl writes it with -outform DER',
  });
  return z.NEVER;
});
const url = (protocol: RegExp) => z.url({ protocol });
const web = url(/^https?$/).transform((text) => text.replace(/\/+$/, ''));
const count = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const address = z.email();
const addresses = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(address));
const names = z.string().transform((text) => text.split(',').map((each) => each.trim()));
const text = z.string().min(1);
const appDomain = z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/);
const deploymentName = text.regex(/^[^.:]+$/, 'must have neither a dot nor a colon');
const atLeastOne = count.refine((number) => number >= 1, 'must be at least 1');

interface Variable<T extends z.ZodType = z.ZodType> {
  schema: T;
  what: string;
  example: string;
  /** An optional variable without which this optional one means nothing: both are set, or neither. */
  pairedWith?: string | undefined;
}

function variable<T extends z.ZodType>(schema: T, what: string, example: string, pairedWith?: string): Variable<T> {
  return { schema, what, example, pairedWith };
}

const registry = {
  REGISTRY_URL: variable(
    url(/^postgres(?:ql)?$/),
    'the control plane’s database, with the login API and worker run with',
    'postgres://registry:…@127.0.0.1:5432/registry',
  ),
  REGISTRY_POOL_SIZE: variable(count.default(10), 'connections to it of this process', '10'),
  KEY_RING: variable(ring, 'keys that wrap the tenants’ keys, the newest first: id:base64 of 32 bytes', 'k1:…'),
  CODEC_KEY_RING: variable(
    ring,
    'keys that encrypt what enters Temporal, the newest first: id:base64 of 32 bytes',
    'c1:…',
  ),
  LOG_LEVEL: variable(z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'), 'what is logged', 'info'),
  TEMPORAL_UI_URL: variable(
    web.optional(),
    'the Temporal Web UI, for links and for decrypting in it',
    'http://127.0.0.1:8233',
  ),
  TEMPLATES_DIR: variable(text.default('templates'), 'the folder of the plans’ templates', './templates'),
  COMPENSATION_SECONDS: variable(
    count.default(900),
    'seconds the undo of one step is tried before an operator is asked',
    '900',
  ),
  PUBLIC_URL: variable(
    web.optional(),
    'where callers and mail readers reach the API',
    'https://provisioner.example.com',
  ),
};

const owner = {
  REGISTRY_OWNER_URL: variable(
    url(/^postgres(?:ql)?$/).optional(),
    'the login that owns it and brings it up to date; without one nothing enforces that the audit trail is only added to',
    'postgres://registry_owner:…@127.0.0.1:5432/registry',
  ),
};

const api = {
  ...registry,
  ...owner,
  HOST: variable(text.default('127.0.0.1'), 'the address to listen on', '127.0.0.1'),
  PORT: variable(count.default(8080), 'the port to listen on; 0 is any free one', '8080'),
  TRUSTED_PROXIES: variable(count.default(0), 'how many proxies stand in front', '1'),
  APPROVAL_DEADLINE_HOURS: variable(count.default(72), 'hours an approver has', '72'),
  ACCEPT_UNVERIFIED_APPROVAL: variable(flag.default(true), 'whether a signal sent past the API may approve', 'true'),
  RATE_LIMIT_PER_MINUTE: variable(count.default(600), 'requests of one caller', '600'),
  VERIFICATIONS_PER_MINUTE: variable(count.default(60_000), 'API keys one caller may have verified', '60000'),
  APP_DOMAIN: variable(
    appDomain.optional(),
    'tenants are reached at <tenantName>.<this>; without it the API leaves it to the worker to refuse a custom domain of ours',
    'app.example.com',
  ),
  REGIONS_FILE: variable(text.optional(), 'the file that lists the regions', './regions.yaml'),
};

const worker = {
  ...registry,
  PUBLIC_URL: variable(web, 'where mail readers reach the API', 'https://provisioner.example.com'),
  APP_DOMAIN: variable(appDomain, 'tenants are reached at <tenantName>.<this>', 'app.example.com'),
  APPLICATION_URL: variable(web.optional(), 'the application, where logins return to', 'https://app.example.com'),
  REGIONS_FILE: variable(
    text,
    'the file that lists the regions; the API needs it only where a region keeps keys at AWS KMS, and reads nothing else in it',
    './regions.yaml',
  ),
  KEYCLOAK_URL: variable(web, 'the identity provider', 'https://login.example.com'),
  KEYCLOAK_REALM: variable(text.default('tenants'), 'the realm all tenants share', 'tenants'),
  KEYCLOAK_CLIENT_ID: variable(text.default('provisioner'), 'a service client of the master realm', 'provisioner'),
  KEYCLOAK_CLIENT_SECRET: variable(text, 'its secret', '…'),
  STRIPE_API_KEY: variable(
    z.string().regex(/^[sr]k_/, 'must be a secret key of Stripe'),
    'the account that bills',
    'sk_test_…',
  ),
  STRIPE_API_BASE: variable(web.optional(), 'another server that speaks Stripe’s protocol', 'http://127.0.0.1:12111'),
  STRIPE_ALLOW_LIVE_KEY: variable(flag.default(false), 'whether a live key, which moves real money, is meant', 'false'),
  STRIPE_REQUESTS_PER_SECOND: variable(
    atLeastOne.default(20),
    'what this process sends it at most; all workers share the account’s limit',
    '20',
  ),
  SMTP_URL: variable(url(/^smtps?$/), 'the mail server', 'smtp://127.0.0.1:1025'),
  MAIL_FROM: variable(address, 'the sender of mail', 'provisioner@example.com'),
  OPERATOR_MAIL: variable(addresses, 'who is told of failures, comma separated', 'ops@example.com'),
  APPROVER_MAIL: variable(addresses, 'who is asked for approvals, comma separated', 'approvals@example.com'),
  MAIL_INTERVAL_MINUTES: variable(
    count.default(1),
    'minutes between two looks for mail that could not be sent at once; 0: never',
    '1',
  ),
  WORKER_REGIONS: variable(
    names.default([]),
    'regions whose task queues this worker polls; none named: all',
    'eu-central',
  ),
  // Named as Temporal's Kubernetes controller for workers sets them.
  TEMPORAL_DEPLOYMENT_NAME: variable(
    deploymentName.optional(),
    'the worker deployment this worker belongs to; with it, a run finishes on the build that began it',
    'tenant-provisioner',
    'TEMPORAL_WORKER_BUILD_ID',
  ),
  TEMPORAL_WORKER_BUILD_ID: variable(
    text.optional(),
    'the build this worker runs: another one for every change of the code',
    '0.2.0-4f1c9e2',
    'TEMPORAL_DEPLOYMENT_NAME',
  ),
  WORKER_CACHED_WORKFLOWS: variable(count.default(100), 'runs kept in memory between their tasks', '100'),
  SWEEP_INTERVAL_MINUTES: variable(count.default(15), 'minutes between two sweeps; 0: only when asked for', '15'),
  BACKUP_INTERVAL_MINUTES: variable(
    count.default(15),
    'minutes between two looks for tenants whose backup is due; 0: only first ones and those asked for',
    '15',
  ),
  SWEEP_GRACE_SECONDS: variable(
    count.default(3600),
    'seconds between finding what nobody owns and doing something about it',
    '3600',
  ),
  // An activity may go on unnoticed for 90 s, and a request of its for 15 s more.
  SWEEP_LEASE_SECONDS: variable(
    atLeastOne.default(900),
    'seconds without a sign of life after which a run may be lost; well above 105, but in tests',
    '900',
  ),
  LATE_REQUEST_SECONDS: variable(
    atLeastOne.default(120),
    'seconds for which an undo keeps looking for what an unanswered request may still make; well below COMPENSATION_SECONDS',
    '120',
  ),
  S3SCANNER_BIN: variable(
    text.optional(),
    'S3Scanner 2, which scans tenants’ buckets; none: scans are not run',
    's3scanner',
  ),
  SCAN_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two looks for tenants whose scan is due; 0: only when asked for',
    '60',
  ),
  TENDING_INTERVAL_MINUTES: variable(
    count.default(60),
    'minutes between two rounds of retention and quotas through the buckets; 0: never',
    '60',
  ),
  AUDIT_SIGNING_KEY: variable(
    signingKey,
    'the Ed25519 key that signs the heads of audit trails: base64 of PKCS #8',
    'MC4CAQAw…',
  ),
  AUDIT_INTERVAL_MINUTES: variable(
    count.default(15),
    'minutes between two exports of audit heads; 0: only when a tenant has become active',
    '15',
  ),
  WORKER_METRICS_PORT: variable(count.optional(), 'a loopback port for Prometheus and health checks', '9464'),
  WORKFLOW_BUNDLE: variable(text.optional(), 'a workflow bundle made at build time', './dist/workflow-bundle.js'),
};

type Variables = Record<string, Variable>;
type Parsed<V extends Variables> = { [K in keyof V]: z.output<V[K]['schema']> };

/** How Temporal is reached: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…, or a profile of its configuration file. */
export type TemporalSettings = ReturnType<typeof loadClientConnectConfig> & { namespace: string };

/** What the API is configured with. */
export type ApiEnvironment = Parsed<typeof api> & { temporal: TemporalSettings };

/** What the worker is configured with. */
export type WorkerEnvironment = Parsed<typeof worker> & { temporal: TemporalSettings };

/** What `api/server.ts` needs. Throws one error that names every variable that is missing or wrong, what it is for and an example. */
export function apiEnvironment(env: Environment): ApiEnvironment {
  return parse(api, env);
}

/** What `worker.ts` needs. Throws like {@link apiEnvironment}. */
export function workerEnvironment(env: Environment): WorkerEnvironment {
  return parse(worker, env);
}

/** What tools need that only talk to the registry. Throws like {@link apiEnvironment}. */
export function registryLogins(env: Environment): { url: string; ownerUrl?: string | undefined } {
  const { values, problems } = readVariables({ REGISTRY_URL: registry.REGISTRY_URL, ...owner }, env);
  stopOn(problems);
  return { url: values.REGISTRY_URL, ownerUrl: values.REGISTRY_OWNER_URL };
}

/** The keys that wrap tenants' data keys, for tools. Throws like {@link apiEnvironment}. */
export function keyRing(env: Environment): KeyRing {
  const { values, problems } = readVariables({ KEY_RING: registry.KEY_RING }, env);
  stopOn(problems);
  return values.KEY_RING;
}

function parse<V extends Variables>(variables: V, env: Environment): Parsed<V> & { temporal: TemporalSettings } {
  const { values, problems } = readVariables(variables, env);
  const temporal = temporalSettings(env, problems);
  if (temporal.connectionOptions.address === undefined)
    problems.push('TEMPORAL_ADDRESS is missing: the Temporal server. For example TEMPORAL_ADDRESS=127.0.0.1:7233');
  stopOn(problems);
  return { ...values, temporal };
}

function readVariables<V extends Variables>(variables: V, env: Environment): { values: Parsed<V>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  // An empty variable is one that is not set: that is how shells and compose files leave one out.
  const givenFor = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  for (const [name, { schema, what, example, pairedWith }] of Object.entries(variables)) {
    const problem = (why: string): unknown => problems.push(`${name} ${why}: ${what}. For example ${name}=${example}`);
    const given = givenFor(name);
    const parsed = schema.safeParse(given);
    if (!parsed.success)
      problem(given === undefined ? 'is missing' : `is not valid (${parsed.error.issues[0]?.message})`);
    else if (given === undefined && pairedWith !== undefined && givenFor(pairedWith) !== undefined)
      problem(`is missing, although ${pairedWith} is set`);
    else values[name] = parsed.data;
  }
  return { values: values as Parsed<V>, problems };
}

function temporalSettings(env: Environment, problems: string[]): TemporalSettings {
  const given = Object.fromEntries(
    // An empty one counts as not set here, too: an empty TEMPORAL_API_KEY would switch TLS on.
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  try {
    const { namespace, connectionOptions } = loadClientConnectConfig({ overrideEnvVars: given });
    return { namespace: namespace ?? 'default', connectionOptions };
  } catch (error) {
    const which = given['TEMPORAL_CONFIG_FILE'] ?? 'the default one';
    problems.push(
      `Temporal’s configuration file (${which}) or its variables cannot be used: ${(error as Error).message}`,
    );
    return { namespace: 'default', connectionOptions: { address: 'unknown' } };
  }
}

function stopOn(problems: string[]): void {
  if (problems.length > 0)
    throw new Error(`The configuration is not complete:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

/** A variable, as the documents show it. */
export interface DescribedVariable {
  name: string;
  what: string;
  example: string;
  /** What holds when it is not set; undefined when nothing does. */
  standard: string | undefined;
  /** Who does not start without it. */
  requiredBy: ('api' | 'worker')[];
  readBy: ('api' | 'worker')[];
}

/** Every variable of the API and the worker but those of Temporal's own configuration, in the order of this file. */
export function describeVariables(): DescribedVariable[] {
  const readers: Record<DescribedVariable['readBy'][number], Variables> = { api, worker };
  return Object.keys({ ...api, ...worker }).map((name) => {
    // One that both read may be required by the worker only.
    const readBy = (['api', 'worker'] as const).filter((who) => name in readers[who]);
    const { schema, what, example } = readers.worker[name] ?? readers.api[name]!;
    const absent = schema.safeParse(undefined);
    const standard: unknown = absent.success ? absent.data : undefined;
    return {
      name,
      what,
      example,
      requiredBy: readBy.filter((who) => !readers[who][name]!.schema.safeParse(undefined).success),
      // A list has none: nothing named means all.
      standard: ['string', 'number', 'boolean'].includes(typeof standard) ? `${standard as string}` : undefined,
      readBy,
    };
  });
}
