import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newTenantId } from '../../../contract/ids';
import { createKeycloak } from '../../../providers/keycloak/keycloak';
import { createKubernetes } from '../../../providers/kubernetes/kubernetes';
import { createStorage } from '../../../providers/storage/storage';
import { createBilling } from '../../../providers/stripe/stripe';
import type { Classify } from '../../../providers/port/failures';
import type { ResourceKind } from '../../../providers/port/kind';
import type { RegionSettings } from '../../../config/regions';
import { resourceContext } from '../kind-suite';
import type { CannedAnswer, Received } from '../../helpers/providers/canned-server';

/** One request of an adapter, and how to send it to a test server. */
export interface ProviderCall {
  name: string;
  speaks: 'json' | 'xml';
  /** Answers to the requests before the tested one; undefined for the tested request. */
  before(request: Received): CannedAnswer | undefined;
  /** Unusable successes of this call, besides those shared by every call in the same format. */
  malformed?: Record<string, CannedAnswer>;
  /** Whether the call asks if something exists. */
  looks: boolean;
  /** Sends the call to the server at `url`. */
  send(url: string): Promise<unknown>;
  classify: Classify;
}

const REGION = 'here';

/** Calls of every adapter that speaks HTTP: a look-up, and a creation whose answer describes the result. */
export const PROVIDER_CALLS: readonly ProviderCall[] = [
  ...keycloakCalls(),
  ...stripeCalls(),
  ...awsCalls(),
  ...versityCalls(),
  ...kubernetesCalls(),
];

type Way = 'find' | 'create' | 'list' | 'access' | 'close';

async function use<Spec>(kind: ResourceKind<Spec>, way: Way, spec: Spec, tenantId?: string): Promise<unknown> {
  const context = resourceContext(kind, REGION, spec, tenantId);
  if (way === 'access') return kind.access!({ ...context, spec: undefined });
  if (way === 'close') return kind.update!({ ...context, spec: undefined }, { access: 'closed' });
  if (way !== 'list') return kind[way](context);
  const listed: unknown[] = [];
  for await (const one of kind.list(REGION, context.signal)) listed.push(one);
  return listed;
}

function keycloakCalls(): ProviderCall[] {
  const call = (
    name: string,
    more: Partial<ProviderCall>,
    send: (keycloak: ReturnType<typeof createKeycloak>) => Promise<unknown>,
  ): ProviderCall => ({
    name: `keycloak: ${name}`,
    speaks: 'json',
    looks: name.startsWith('find'),
    before: ({ path }) => (path.endsWith('/token') ? json(200, { access_token: token(), expires_in: 60 }) : undefined),
    send: (url) => send(createKeycloak({ url, realm: 'r', clientId: 'c', clientSecret: 's' })),
    ...more,
    classify: createKeycloak({ url: 'http://x', realm: 'r', clientId: 'c', clientSecret: 's' }).classify,
  });
  const tokenThenNothing = (request: Received): CannedAnswer | undefined => {
    if (request.path.endsWith('/token')) return json(200, { access_token: token(), expires_in: 60 });
    return request.method === 'GET' ? json(200, []) : undefined;
  };
  const created = { 'a 201 that does not say where': { status: 201 } } as const;
  return [
    call('sign in', { before: () => undefined }, ({ organization }) => use(organization, 'find', organizationSpec)),
    call('find an organization', {}, ({ organization }) => use(organization, 'find', organizationSpec)),
    call('find the access to an organization', {}, ({ organization }) => use(organization, 'access', organizationSpec)),
    call('close an organization', {}, ({ organization }) => use(organization, 'close', organizationSpec)),
    call('find groups', {}, ({ groups }) => use(groups, 'find', { groups: [] })),
    call('list users', {}, ({ adminUser }) => use(adminUser, 'list', {} as never)),
    call('make an organization', { before: tokenThenNothing, malformed: created }, ({ organization }) =>
      use(organization, 'create', organizationSpec),
    ),
  ];
}

const organizationSpec = { organizationName: 'Harbour Cranes' };

function token(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({})}.${part({ exp: Math.floor(Date.now() / 1000) + 60 })}.x`;
}

function stripeCalls(): ProviderCall[] {
  const billingAt = (url?: string) => createBilling({ apiKey: 'sk_test_canned', url, allowLiveKey: false });
  const call = (
    name: string,
    before: ProviderCall['before'],
    send: (billing: ReturnType<typeof billingAt>) => Promise<unknown>,
  ): ProviderCall => ({
    name: `stripe: ${name}`,
    speaks: 'json',
    looks: name.startsWith('find'),
    before,
    send: async (url) => {
      const billing = billingAt(url);
      return send(billing).finally(() => billing.close());
    },
    classify: billingAt().classify,
  });
  const customer = { organizationName: 'Harbour Cranes', email: 'grace@harbour.example' };
  const plan = {
    subscriptionPlan: 'starter' as const,
    templateName: 'Starter',
    billing: { currency: 'eur', prices: { monthly: 1, yearly: 1 }, meters: [] },
  };
  const subscription = { plan, cycle: 'monthly', customer: 'cus_1' } as const;
  const nothing = ({ method, path }: Received): CannedAnswer | undefined => {
    if (method !== 'GET') return undefined;
    const price = { id: 'price_1', lookup_key: 'plan-starter-monthly' };
    return json(200, { object: 'list', data: path.startsWith('/v1/prices') ? [price] : [], has_more: false });
  };
  const tenantId = newTenantId();
  const metadata = { tenantId, managedBy: 'tenant-provisioner' };
  const active = {
    id: 'sub_1',
    object: 'subscription',
    status: 'active',
    created: 1,
    metadata,
    pause_collection: null,
  };
  const subscribed = ({ method }: Received): CannedAnswer | undefined =>
    method === 'GET' ? json(200, { object: 'list', data: [active], has_more: false }) : undefined;
  return [
    call('find the access to a subscription', none, (billing) => use(billing.subscription, 'access', subscription)),
    call('close a subscription', subscribed, (billing) => use(billing.subscription, 'close', subscription, tenantId)),
    call('find a customer', none, (billing) => use(billing.customer, 'find', customer)),
    call('list subscriptions', none, (billing) => use(billing.subscription, 'list', subscription)),
    call('make a customer', nothing, (billing) => use(billing.customer, 'create', customer)),
    call('make a subscription', nothing, (billing) => use(billing.subscription, 'create', subscription)),
    call('activate a subscription', none, (billing) =>
      billing.activateSubscription({
        tenantId: 't',
        subscription: 'sub_1',
        idempotencyKey: 'k',
        signal: AbortSignal.timeout(10_000),
      }),
    ),
    call('check a payment method', nothing, (billing) =>
      billing.checkPaymentMethod({
        tenantId: 't',
        operationId: 'o',
        customer: 'cus_1',
        paymentMethod: 'pm_1',
        idempotencyKey: 'k',
        signal: AbortSignal.timeout(10_000),
      }),
    ),
  ];
}

const bucketSpec = { versioning: true, corsOrigins: [] };

function storageAt(url: string, provider: 'aws' | 'versity'): ReturnType<typeof createStorage> {
  const endpoints = { endpoint: url, ...(provider === 'aws' ? { iamEndpoint: url } : { adminEndpoint: url }) };
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'x', capacity: 1 };
  return createStorage([
    regionWith({ storage: { provider, name: 's3', region: 'eu-central-1', ...endpoints, ...keys } }),
  ]);
}

function storageCalls(
  provider: 'aws' | 'versity',
  rows: [
    string,
    ProviderCall['before'],
    (kinds: ReturnType<ReturnType<typeof storageAt>['forRegion']>['kinds']) => Promise<unknown>,
  ][],
): ProviderCall[] {
  return rows.map(([name, before, send]) => ({
    name: `${provider}: ${name}`,
    speaks: 'xml',
    looks: name.startsWith('find'),
    before,
    send: async (url) => {
      const storage = storageAt(url, provider);
      return send(storage.forRegion(REGION).kinds).finally(() => storage.close());
    },
    classify: storageAt('http://x', provider).classify,
  }));
}

function awsCalls(): ProviderCall[] {
  const user = '<User><UserName>u</UserName><UserId>1</UserId><Arn>arn:aws:iam::1:user/u</Arn><Path>/</Path></User>';
  const userMade = ({ body }: Received): CannedAnswer | undefined => {
    if (body.includes('Action=CreateUser&')) return iam('CreateUser', user);
    if (body.includes('Action=ListAccessKeys&')) return iam('ListAccessKeys', '<AccessKeyMetadata/>');
    return undefined;
  };
  return storageCalls('aws', [
    ['find a bucket', none, ({ bucket }) => use(bucket, 'find', bucketSpec)],
    ['list buckets', none, ({ bucket }) => use(bucket, 'list', bucketSpec)],
    ['find a user', none, ({ accessKey }) => use(accessKey, 'find', {})],
    ['list users', none, ({ accessKey }) => use(accessKey, 'list', {})],
    ['make a user', none, ({ accessKey }) => use(accessKey, 'create', {})],
    ['make a key', userMade, ({ accessKey }) => use(accessKey, 'create', {})],
  ]);
}

function iam(action: string, result: string): CannedAnswer {
  const body = `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
  return { status: 200, contentType: 'text/xml', body };
}

function versityCalls(): ProviderCall[] {
  return storageCalls('versity', [
    ['find a bucket', none, ({ bucket }) => use(bucket, 'find', bucketSpec)],
    ['find a user', none, ({ accessKey }) => use(accessKey, 'find', {})],
    ['list users', none, ({ accessKey }) => use(accessKey, 'list', {})],
  ]);
}

function kubernetesCalls(): ProviderCall[] {
  const spec = { cpuMillis: 100, memoryMb: 64, pods: 1, podSecurity: 'restricted' } as const;
  const resources = [{ name: 'namespaces', kind: 'Namespace', namespaced: false }];
  const discovered = ({ path }: Received): CannedAnswer | undefined =>
    path === '/api/v1' ? json(200, { kind: 'APIResourceList', groupVersion: 'v1', resources }) : undefined;
  const absent = (request: Received): CannedAnswer | undefined =>
    discovered(request) ??
    (request.method === 'GET' ? json(404, { kind: 'Status', code: 404, reason: 'NotFound' }) : undefined);
  const call = (name: string, before: ProviderCall['before'], way: Way): ProviderCall => ({
    name: `kubernetes: ${name}`,
    speaks: 'json',
    looks: name.startsWith('find'),
    before,
    send: (url) => withKubernetes(url, ({ namespace }) => use(namespace, way, spec)),
    classify: createKubernetes([]).classify,
  });
  return [
    call('learn how namespaces are addressed', none, 'find'),
    call('find a namespace', discovered, 'find'),
    call('list namespaces', discovered, 'list'),
    call('make a namespace', absent, 'create'),
  ];
}

async function withKubernetes<T>(
  server: string,
  work: (kubernetes: ReturnType<typeof createKubernetes>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'provider-calls-'));
  const kubeconfig = join(dir, 'kubeconfig.json');
  const named = {
    clusters: [{ name: 'a', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'a', user: { token: 'x' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  };
  writeFileSync(kubeconfig, JSON.stringify(named));
  try {
    const compute = { pool: [], kubernetes: { name: 'a', kubeconfig, capacityCpuMillis: 1 } };
    return await work(createKubernetes([regionWith({ compute })]));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function regionWith(parts: Partial<RegionSettings>): RegionSettings {
  return { name: REGION, jurisdiction: 'EU', ...parts } as RegionSettings;
}

function json(status: number, body: unknown): CannedAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

function none(): undefined {
  return undefined;
}
