import type { Check } from '../../../providers/port/check';
import { checksOf, type VerifyActivity } from '../../../activities/verification/check-catalogue';
import { createEdge, type Edge } from '../../../providers/edge/edge';
import { createKeycloak, type Keycloak } from '../../../providers/keycloak/keycloak';
import { TEMPORARY_PASSWORD } from '../../../providers/keycloak/passwords/temporary-password';
import { createKubernetes, type Kubernetes } from '../../../providers/kubernetes/kubernetes';
import { classifyMail } from '../../../providers/mail/classify';
import type { Mailer } from '../../../providers/mail/mailer';
import { createPostgres, type Postgres } from '../../../providers/postgres/postgres';
import { createStorage, type Storage } from '../../../providers/storage/storage';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../../providers/port/kind';
import type { RegionSettings } from '../../../config/regions';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { Away } from '../plan/plan';
import type { Held, World } from './world';

/** Keycloak's address; requests to it are answered by `keycloak-server.ts`. */
export const KEYCLOAK_URL = 'http://keycloak.simulated';

/** The product's adapters, which store their resources in a {@link World} instead of on servers. */
export interface SimulatedProviders {
  postgres: Postgres;
  storage: Storage;
  kubernetes: Kubernetes;
  keycloak: Keycloak;
  billing: Billing;
  edge: Edge;
  mailer: Mailer;
}

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://kubernetes.simulated' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;

/** Two regions, only one of them with a cluster. */
export function simulatedRegions(): RegionSettings[] {
  const region = (name: string, jurisdiction: string): RegionSettings => ({
    name,
    jurisdiction,
    database: {
      cells: [{ name: 'cell-1', url: 'postgres://a:b@postgres.simulated/x', capacity: 1e6, maxConnections: 10 }],
    },
    storage: {
      ...{
        provider: 'versity',
        name: 'store-1',
        endpoint: 'http://s3.simulated',
        adminEndpoint: 'http://s3a.simulated',
      },
      region: name,
      accessKeyId: 'a',
      secretAccessKey: 'b',
      capacity: 1e6,
    },
    compute: {
      pool: [{ name: 'pool-1', capacityCpuMillis: 1e9 }],
      kubernetes: { name: 'cluster-1', kubeconfig: KUBECONFIG, capacityCpuMillis: 1e9 },
    },
  });
  return [region('eu-central', 'EU'), region('us-east', 'US')];
}

/** Builds the adapters. `templateOf` returns the tenant's template, for its checks. */
export function createSimulatedProviders(
  world: World,
  regions: RegionSettings[],
  sharedSecrets: ResourceSecrets,
  templateOf: () => ProvisioningTemplate,
): SimulatedProviders {
  const kindAt =
    (who: Away) =>
    <Kind extends ResourceKind<never>>(kind: Kind): Kind =>
      simulated(world, who, kind);
  const checks = (activity: VerifyActivity, families: RegExp, missing: string[]): Check[] =>
    checksOf(templateOf(), activity)
      .filter((id) => families.test(id))
      .map((id) => ({
        id: id.replace('*', 'x'),
        claim: id,
        passed: missing.length === 0,
        answered: missing.join(', ') || 'as it should',
      }));
  const missing = (tenantId: string, kinds: string[]): string[] =>
    kinds.filter((kind) => world.held.get(keyOf(kind, tenantId))?.half !== false).map((kind) => `no ${kind}`);

  const realPostgres = createPostgres(regions, sharedSecrets);
  const inPostgres = kindAt('postgres');
  const pooledShare = inPostgres(realPostgres.pooledShare);
  const owner = inPostgres(realPostgres.owner);
  const schema = inPostgres(realPostgres.schema);
  const database = inPostgres(realPostgres.database);
  const login = inPostgres(realPostgres.login);
  const readonlyLogin = inPostgres(realPostgres.readonlyLogin);
  const databaseKinds = (): string[] => {
    const { isolation } = templateOf().resources.database;
    if (isolation === 'pooled') return [pooledShare.kind];
    return [owner.kind, isolation === 'schema' ? schema.kind : database.kind, login.kind, readonlyLogin.kind];
  };
  const postgres: Postgres = {
    ...realPostgres,
    pooledShare,
    owner,
    schema,
    database,
    login,
    readonlyLogin,
    kinds: [pooledShare, owner, schema, database, login, readonlyLogin],
    prepare: () => Promise.resolve([]),
    verifyDatabase: ({ tenantId, signal }) =>
      world.request('postgres', 'postgres.verify', signal, () =>
        checks('verifyRegion', /^database\.|^transport\.database/, missing(tenantId, databaseKinds())),
      ),
    locate: ({ tenantId, signal }) =>
      world.request('postgres', 'postgres.locate', signal, () =>
        checks('verifyRegion', /^residency\.database/, missing(tenantId, databaseKinds())),
      ),
    close: () => Promise.resolve(),
  };

  const realStorage = createStorage(regions);
  const inStorage = kindAt('versity');
  const { accessKey: realKey, bucket: realBucket, backups } = realStorage.forRegion(regions[0]!.name).kinds;
  const kinds = { accessKey: inStorage(realKey), bucket: inStorage(realBucket), backups: inStorage(backups) };
  const storageKinds = [kinds.accessKey.kind, kinds.bucket.kind];
  const storage: Storage = {
    ...realStorage,
    kinds: Object.values(kinds),
    forRegion: (region) => ({
      ...realStorage.forRegion(region),
      kinds,
      verify: ({ tenantId, key, signal, probe }) =>
        probe('storage', () =>
          world.request('versity', 'storage.verify', signal, () => {
            const wrongKey =
              world.held.get(keyOf(realKey.kind, tenantId))?.secrets['secretAccessKey'] !== key.secretAccessKey;
            return checks('verifyRegion', /^storage\.|^transport\.storage/, [
              ...missing(tenantId, storageKinds),
              ...(wrongKey ? ['the key stored is not the key of the store'] : []),
            ]);
          }),
        ),
      locate: ({ tenantId, signal }) =>
        world.request('versity', 'storage.locate', signal, () =>
          checks('verifyRegion', /^residency\.(bucket|vault)/, missing(tenantId, storageKinds)),
        ),
    }),
  };

  const realKubernetes = createKubernetes(regions);
  const namespace = kindAt('kubernetes')(realKubernetes.namespace);
  const kubernetes: Kubernetes = {
    ...realKubernetes,
    namespace,
    kinds: [namespace],
    verifyCompute: ({ tenantId, signal }) =>
      world.request('kubernetes', 'kubernetes.verify', signal, () =>
        checks('verifyRegion', /^compute\./, missing(tenantId, [namespace.kind])),
      ),
    locate: ({ tenantId, signal }) =>
      world.request('kubernetes', 'kubernetes.locate', signal, () =>
        checks('verifyRegion', /^residency\.namespace/, missing(tenantId, [namespace.kind])),
      ),
  };

  const realKeycloak = createKeycloak({
    url: KEYCLOAK_URL,
    realm: 'tenants',
    clientId: 'provisioner',
    clientSecret: 'x',
    applicationUrl: 'http://app.simulated',
  });
  const inKeycloak = kindAt('keycloak');
  const organization = inKeycloak(realKeycloak.organization);
  const groups = inKeycloak(realKeycloak.groups);
  const adminUser = inKeycloak(realKeycloak.adminUser);
  const sso = inKeycloak(realKeycloak.sso);
  const keycloak: Keycloak = {
    ...realKeycloak,
    organization,
    groups,
    adminUser,
    sso,
    kinds: [organization, groups, adminUser, sso],
  };

  const realBilling = createBilling({
    apiKey: 'sk_test_simulated',
    url: 'http://stripe.simulated',
    allowLiveKey: false,
    requestsPerSecond: 1e6,
  });
  const inStripe = kindAt('stripe');
  const customer = inStripe(realBilling.customer);
  const subscription = inStripe(realBilling.subscription);
  const billing: Billing = {
    ...realBilling,
    customer,
    subscription,
    kinds: [customer, subscription],
    checkPaymentMethod: ({ signal, paymentMethod }) =>
      world.request('stripe', 'stripe.check-payment-method', signal, () => paymentMethod),
    activateSubscription: ({ tenantId, signal }) =>
      world.request('stripe', 'stripe.activate', signal, () => {
        world.charged.add(tenantId);
        return { billing: 'active' };
      }),
  };

  const mailer: Mailer = {
    classify: classifyMail,
    send: ({ to, messageId }, signal) =>
      world.request('mail', `mail.${messageId.split('.')[1]!}`, signal ?? new AbortController().signal, () => {
        if (world.mails.some((mail) => mail.messageId === messageId)) return;
        world.mails.push({ to, messageId });
        world.tell(`a mail arrives: ${messageId.split('.').slice(1).join('.')}`);
      }),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { postgres, storage, kubernetes, keycloak, billing, edge: createEdge(undefined), mailer };
}

/** Key of a resource in the world. */
export function keyOf(kind: string, tenantId: string): string {
  return `${kind} ${tenantId}`;
}

/** A real kind whose requests go to the world. */
function simulated<Kind extends ResourceKind<never>>(world: World, who: Away, kind: Kind): Kind {
  const call = <T>(op: string, { signal }: ResourceContext, effect: (half: boolean) => T): Promise<T> =>
    world.request(who, `${kind.kind}.${op}`, signal, effect);
  return {
    ...kind,
    find: (context) =>
      call('find', context, () => {
        const held = world.held.get(keyOf(kind.kind, context.tenantId));
        if (!held) return { state: 'absent' as const };
        return {
          state: held.half && context.spec !== undefined ? ('partial' as const) : ('present' as const),
          id: held.id,
        };
      }),
    create: async (context) => {
      const secrets = await secretsOf(kind.kind, context.secrets);
      const { tenantId, name, region, spec } = context;
      return call('create', context, (half) => {
        const key = keyOf(kind.kind, tenantId);
        const before = world.held.get(key);
        const made: Held = {
          tenantId,
          name,
          region,
          spec,
          kind: kind.kind,
          half,
          id: before?.id ?? `${kind.kind}-${tenantId}`,
          // A second access key replaces the first, but a password stays once it is set.
          secrets: before && !('secretAccessKey' in secrets) ? before.secrets : secrets,
        };
        if (!before) world.tell(`${kind.kind} comes into being${half ? ', half-made' : ''}`);
        world.held.set(key, made);
        return { id: made.id, facts: {} };
      });
    },
    remove: (context) =>
      call('remove', context, () => {
        if (world.held.delete(keyOf(kind.kind, context.tenantId))) world.tell(`${kind.kind} is removed`);
      }),
    async *list() {
      for (const { tenantId, name, id, kind: of } of world.held.values())
        if (of === kind.kind) yield { tenantId, name, id };
    },
  };
}

/** The secrets of a kind, stored before they are set at the provider. */
async function secretsOf(kind: string, secrets: ResourceSecrets): Promise<Record<string, string>> {
  if (kind === 'idp-admin-user')
    return { password: await secrets.obtain(TEMPORARY_PASSWORD, () => 'the-first-password') };
  if (kind === 'storage-access-key') {
    const accessKeyId = await secrets.obtain('accessKeyId', () => 'key-id');
    const secretAccessKey = await secrets.obtain('secretAccessKey', () => 'key-secret');
    return { accessKeyId, secretAccessKey };
  }
  if (kind === 'postgres-login' || kind === 'postgres-readonly')
    return { password: await secrets.obtain('password', () => 'a-password') };
  return {};
}
