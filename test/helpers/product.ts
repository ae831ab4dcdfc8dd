import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { createClient, dataOf, type Client as ApiClient } from '../../clients/typescript/src/index';
import { createKeys, type Keys } from '../../providers/keys/keys';
import { parseKeyRing } from '../../contract/keys/key-ring';
import { operationWorkflowId } from '../../contract/operations/messages';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { createPayloadCodec } from '../../contract/temporal/payload-codec';
import type { Operation } from '../../contract/schemas/operation-schema';
import { hasEnded } from '../../contract/operations/states';
import { startProduct, type Product, type ProductOptions, type ProductProcess } from '../../stack/product/product';
import { productEnvironment } from '../../stack/product/environment';
import type { Caller, Tokens } from '../../stack/product/tokens';
import { StackState } from '../../stack/processes/state';
import type { StaffLogin, StaffMember } from '../../stack/staff';
import type { Endpoints, Stack } from '../../stack/types';
import { stackEndpoints } from '../stack';
import { watchSecrets } from './secrecy/planted-secrets';
import { createNamespace } from './temporal/namespace';
import { createProviders, type Providers } from './providers/providers';
import { createTestRegistry, type TestRegistry } from './registry';

/** An answer of the API. */
export interface Answer {
  status: number;
  headers: Headers;
  // Each test knows what it has asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** API and worker as processes on the stack's servers, with a registry and a Temporal namespace of their own. */
export interface TestProduct {
  readonly url: string;
  readonly tokens: Tokens;
  /** How people sign in, with `signIn(product, 'operator')`. */
  readonly staff: Record<StaffMember, StaffLogin>;
  readonly namespace: string;
  /** What the processes were told. */
  readonly env: Record<string, string>;
  readonly registry: pg.Pool;
  /** Runs statements on the registry as the login that owns its schema. */
  inRegistryAsOwner(sql: string): Promise<void>;
  readonly keys: Keys;
  /** The stack's own addresses – past every proxy – with this product's registry. */
  readonly endpoints: Endpoints;
  readonly providers: Providers;
  /** Temporal, decrypting. */
  readonly temporal: Client;
  /** Temporal as somebody sees it who has no key. */
  readonly blindTemporal: Client;
  call(
    caller: Caller | { token: string } | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: object,
  ): Promise<Answer>;
  /** The product's client, as a caller; `baseUrl` may lead through a proxy. */
  client(caller: Caller, baseUrl?: string): ApiClient;
  /** Orders as the sign-up service; throws unless it is accepted. */
  order(changes?: Partial<TenantProvisioningRequest>): Promise<Ordered>;
  operation(operationId: string): Promise<Operation>;
  /** The operation as soon as `condition` holds; throws with where it stands when it does not in time (default 90 000 ms). */
  until(operationId: string, condition: (operation: Operation) => boolean, timeout?: number): Promise<Operation>;
  /** The operation once it has ended, or needs an operator. */
  untilEnded(operationId: string, timeout?: number): Promise<Operation>;
  mails(): Promise<Mail[]>;
  /** The mails that match, once there is one: a run says how it stands before its mail leaves. */
  untilMailed(matches: (mail: Mail) => boolean, timeout?: number): Promise<Mail[]>;
  kill(name: ProductProcess, signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when the process works again. */
  restart(name: ProductProcess): Promise<void>;
  /** One more API on the same registry and namespace, told other things. */
  anotherApi(overrides: Record<string, string>): Promise<Product>;
  /** One more worker beside the first, told other things. Resolves once it polls every queue. */
  anotherWorker(overrides: Record<string, string>): Promise<Product>;
  processes(): { name: string; pid: number }[];
  /** Everything both processes have logged, also before they were started again; or one of them since then. */
  logs(name?: ProductProcess): string;
  /** Every secret the registry has ever held, opened. */
  secrets(): Promise<string[]>;
  stop(): Promise<void>;
}

/** An accepted order. */
export interface Ordered {
  operationId: string;
  tenantId: string;
  order: TenantProvisioningRequest;
}

/** A mail as the test mail server has it. */
export interface Mail {
  id: string;
  subject: string;
  text?: string;
  html?: string;
  to: { address: string }[];
}

/** What a test's product differs in. */
export interface TestProductOptions {
  /** Servers the product is to find elsewhere, behind a proxy for instance. */
  via?: Partial<Endpoints>;
  /** Where its registry is and where its processes find it, instead of a throwaway one on the first region's server. */
  registry?: { own: TestRegistry; seen: string };
  /** Environment variables over the usual ones. */
  overrides?: Record<string, string>;
}

/** Starts one; `stop()` it in the end. Two at once on the same servers would take turns in setting what the regions' tenants share. */
export async function startTestProduct(options: TestProductOptions = {}): Promise<TestProduct> {
  const { via = {}, overrides = {} } = options;
  const stackHas: Endpoints = stackEndpoints(
    'postgres',
    'temporal',
    's3',
    'keycloak',
    'stripe',
    'mail',
    'scanner',
    'kubernetes',
  );
  const dir = mkdtempSync(join(tmpdir(), 'product-'));
  const registry = options.registry?.own ?? (await createTestRegistry());
  const connection = await Connection.connect({ address: stackHas.temporal!.address });
  const namespace = await createNamespace(connection);
  const endpoints: Endpoints = {
    ...stackHas,
    postgres: { ...stackHas.postgres!, registry: { url: registry.url } },
    temporal: { ...stackHas.temporal!, namespace },
  };
  const temporalSeen = { ...endpoints.temporal!, ...via.temporal, namespace };
  const postgresSeen = {
    ...endpoints.postgres!,
    ...via.postgres,
    registry: { url: options.registry?.seen ?? registry.url },
  };
  const seen: Endpoints = { ...endpoints, ...via, postgres: postgresSeen, temporal: temporalSeen };
  const rings = { KEY_RING: newRing('ring'), CODEC_KEY_RING: newRing('codec') };
  const keys = createKeys(parseKeyRing(rings.KEY_RING), []);
  const secrets = await watchSecrets(registry, keys);
  // What begins by the clock would meet the things of every other test.
  const quiet = {
    SWEEP_INTERVAL_MINUTES: '0',
    SCAN_INTERVAL_MINUTES: '0',
    STORAGE_UPKEEP_INTERVAL_MINUTES: '0',
    USAGE_INTERVAL_MINUTES: '0',
    DOMAIN_INTERVAL_MINUTES: '0',
    BILLING_INTERVAL_MINUTES: '0',
    AUDIT_INTERVAL_MINUTES: '0',
    BACKUP_INTERVAL_MINUTES: '0',
  };
  const told = {
    ...rings,
    ...quiet,
    RATE_LIMIT_PER_MINUTE: '100000',
    LATE_REQUEST_SECONDS: '15',
    REPEATED_REQUEST_SECONDS: '1',
    LOG_LEVEL: 'debug',
    ...overrides,
  };
  const started: Product[] = [];
  const start = async (more: Partial<ProductOptions> & { overrides: Record<string, string> }, folder: string) => {
    const at = join(dir, folder);
    const state = new StackState(at);
    const product = await startProduct({ stack: runningStack(seen), dir: at, state, ...more });
    started.push(product);
    return { product, state, at };
  };
  const { product, state, at } = await start({ overrides: told }, 'product');
  await product.working();
  const { env } = await productEnvironment(at, state, seen, Number(new URL(product.url).port));
  const temporal = new Client({
    connection,
    namespace,
    dataConverter: { payloadCodecs: [createPayloadCodec(parseKeyRing(rings.CODEC_KEY_RING))] },
  });

  const test: TestProduct = {
    url: product.url,
    tokens: product.tokens,
    staff: stackHas.keycloak!.staff!.people,
    namespace,
    env: { ...env, ...told },
    registry: registry.pool,
    inRegistryAsOwner: registry.asOwner,
    keys,
    endpoints,
    providers: createProviders(endpoints),
    temporal,
    blindTemporal: new Client({ connection, namespace }),
    call: async (caller, method, path, body, headers = {}) => {
      const token = typeof caller === 'string' ? product.tokens[caller] : caller?.token;
      const response = await fetch(path.startsWith('http') ? path : `${product.url}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const text = await response.text();
      // JSON Lines are not JSON.
      const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    client: (caller, baseUrl = product.url) => createClient({ baseUrl, token: product.tokens[caller] }),
    order: async (changes) => {
      const order = newOrder(changes);
      const { operationId, tenantId } = await test.client('signup').provision(order);
      return { operationId, tenantId, order };
    },
    operation: (operationId) =>
      dataOf(test.client('operator').api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } })),
    // Less than a test's own limit, so that a failure says where the operation stands.
    until: async (operationId, condition, timeout = 90_000) => {
      for (const deadline = Date.now() + timeout; ; await sleep(100)) {
        const operation = await test.operation(operationId);
        if (condition(operation)) return operation;
        if (Date.now() > deadline) throw new Error(await whereItStands(test, operation, timeout));
      }
    },
    untilEnded: (operationId, timeout) =>
      test.until(operationId, ({ status }) => hasEnded(status) || status === 'needs_operator', timeout),
    mails: async () => {
      const response = await fetch(endpoints.mail!.api, { signal: AbortSignal.timeout(10_000) });
      return (await response.json()) as Mail[];
    },
    untilMailed: async (matches, timeout = 30_000) => {
      for (const deadline = Date.now() + timeout; ; await sleep(100)) {
        const mails = (await test.mails()).filter(matches);
        if (mails.length > 0) return mails;
        if (Date.now() > deadline) throw new Error(`No such mail after ${timeout} ms.`);
      }
    },
    kill: (name, signal) => product.kill(name, signal),
    restart: async (name) => {
      await product.restart(name);
      if (name === 'worker') await product.working();
    },
    anotherApi: async (more) => {
      const name = `api-${started.length}`;
      return (await start({ overrides: { ...told, REGISTRY_URL: registry.url, ...more }, only: ['api'] }, name))
        .product;
    },
    anotherWorker: async (more) => {
      const name = `worker-${started.length}`;
      const { product: other } = await start({ overrides: { ...test.env, ...more }, only: ['worker'] }, name);
      await other.working();
      return other;
    },
    processes: () => started.flatMap((each) => each.processes()),
    logs: (name) =>
      readdirSync(dir)
        .flatMap((folder) => readdirSync(join(dir, folder, 'logs')).map((file) => join(dir, folder, 'logs', file)))
        .filter((file) => name === undefined || file.endsWith(`${name}.log`))
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n'),
    secrets,
    stop: async () => {
      await Promise.all(started.map((each) => each.stop()));
      await connection.close();
      await registry.drop();
      if (process.env.KEEP_PRODUCT_LOGS === undefined) rmSync(dir, { recursive: true, force: true });
      else process.stderr.write(`Logs are in ${dir}\n`);
    },
  };
  return test;
}

let orders = 0;
const run = randomBytes(3).toString('hex');

/** An order with a name of its own, by default for a starter tenant with a good card in eu-central. */
export function newOrder(changes: Partial<TenantProvisioningRequest> = {}): TenantProvisioningRequest {
  orders += 1;
  return {
    tenantName: `quarry-${run}-${orders}`,
    organizationName: 'Quarry & Sons',
    adminUser: {
      email: `edith.${run}-${orders}@quarry.example`,
      firstName: 'Edith',
      lastName: 'Clarke',
      role: 'owner',
    },
    subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
    configuration: {},
    paymentMethod: 'pm_card_visa',
    region: 'eu-central',
    ...changes,
  };
}

/** An order for this plan. */
export function plan(name: TenantProvisioningRequest['subscription']['plan']): Partial<TenantProvisioningRequest> {
  return { subscription: { plan: name, billingCycle: 'monthly', features: [] } };
}

async function whereItStands(product: TestProduct, operation: Operation, timeout: number): Promise<string> {
  const { status, steps, failure, leftovers } = operation;
  const open = steps.filter(({ state }) => state !== 'done' && state !== 'pending');
  const handle = product.temporal.workflow.getHandle(operationWorkflowId(operation.operationId));
  const run = await handle
    .describe()
    .then(async ({ raw, status: { name }, runId }) => {
      if (name !== 'RUNNING') return `${name} ${runId}: ${await handle.result().then(String, causesOf)}`;
      return JSON.stringify(
        raw.pendingActivities?.map(({ activityType, attempt, lastFailure }) => ({
          activityType,
          attempt,
          lastFailure: lastFailure?.message,
        })),
      );
    })
    .catch((error: unknown) => String(error));
  return `Not so after ${timeout} ms: ${JSON.stringify({ status, open, failure, leftovers })}; Temporal: ${run}`;
}

function causesOf(error: unknown): string {
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return causes.join(' ← ');
}

function newRing(name: string): string {
  return `${name}-1:${randomBytes(32).toString('base64')}`;
}

/** The stack as those see it who are to start something on it, but did not start the stack. */
function runningStack(endpoints: Endpoints): Stack {
  const notOurs = (): Promise<never> => Promise.reject(new Error('This stack belongs to the test run.'));
  const ready: Stack['ready'] = async (server) => {
    if (endpoints[server] === undefined) throw new Error(`The stack of this test run has no ${server}.`);
  };
  return {
    endpoints,
    announced: endpoints,
    unavailable: [],
    known: ready,
    ready,
    settled: async () => {},
    processes: () => [],
    kill: notOurs,
    restart: notOurs,
    stop: async () => {},
  };
}
