import { join } from 'node:path';
import { withPorts, type ServerContext, type StartServer } from '../context';
import { ServerUnavailable } from '../errors';
import { clusterOn, type Cluster } from '../postgres/cluster';
import { REGISTRY_CLUSTER } from '../postgres';
import { ensureAdministrator } from './administrator';
import { prepareDatabase } from './database';
import { BUILD_OPTIONS, findKeycloak } from './distribution';
import { DatabaseTemplate } from './template';

const CLIENT_ID = 'provisioner';

/** Keycloak, with its database in the registry's cluster, a service client for the worker and an administrator for people. */
export const startKeycloak: StartServer = async (context) => {
  const [home] = await Promise.all([findKeycloak(context), context.needs('postgres')]);
  const clientSecret = context.state.secret('keycloak.client');
  const template = await DatabaseTemplate.find(context);
  const database = await prepareDatabase(registryCluster(context), template, clientSecret);
  context.tell('starting', database.isEmpty ? 'creates its tables first, once' : undefined);
  const client = { clientId: CLIENT_ID, clientSecret };
  const administrator = { adminUser: 'admin', adminPassword: context.state.secret('keycloak.admin') };
  const onAddress = (url: string): void => context.announce({ keycloak: { url, ...administrator, ...client } });
  const url = await launch(context, { home, databaseUrl: database.url, clientSecret, onAddress });
  if (database.isEmpty) await template.keep(database.url);
  await ensureAdministrator(url, client, administrator);
  return { keycloak: { url, ...administrator, ...client } };
};

function launch(
  context: ServerContext,
  o: { home: string; databaseUrl: string; clientSecret: string; onAddress: (url: string) => void },
): Promise<string> {
  const database = new URL(o.databaseUrl);
  return withPorts(context.state, ['keycloak', 'keycloak.management'], async (ports) => {
    const url = `http://127.0.0.1:${ports.keycloak}`;
    o.onAddress(url);
    await context.spawn({
      name: 'keycloak',
      command: join(o.home, 'bin', 'kc.sh'),
      args: ['start', '--optimized'],
      env: {
        ...BUILD_OPTIONS,
        KC_DB_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
        KC_DB_USERNAME: database.username,
        KC_DB_PASSWORD: database.password,
        KC_DB_POOL_MAX_SIZE: '20',
        // Without it the cluster's ports open on every address.
        KC_CACHE: 'local',
        KC_HTTP_ENABLED: 'true',
        KC_HTTP_HOST: '127.0.0.1',
        KC_HTTP_PORT: String(ports.keycloak),
        KC_HTTP_MANAGEMENT_HOST: '127.0.0.1',
        KC_HTTP_MANAGEMENT_PORT: String(ports['keycloak.management']),
        KC_HOSTNAME: url,
        // Creates the service account on an empty database, and has no effect later.
        KC_BOOTSTRAP_ADMIN_CLIENT_ID: CLIENT_ID,
        KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: o.clientSecret,
        JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx320m',
        JAVA_OPTS_APPEND: '-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
      },
      readyTimeout: 180_000,
      isReady: async () => (await fetch(`${url}/realms/master/.well-known/openid-configuration`)).ok,
    });
    return url;
  });
}

// A database server that somebody else runs has no role that may create a database for us.
function registryCluster(context: ServerContext): Cluster {
  const url = context.endpoints.postgres?.registry.ownerUrl ?? '';
  const cluster = clusterOn(context.state, REGISTRY_CLUSTER, portOf(url));
  if (cluster.url('registry', 'registry') === url) return cluster;
  const why = 'Keycloak keeps its database in the PostgreSQL of the stack, and another one was given.';
  throw new ServerUnavailable(why, 'name a running Keycloak in STACK_ENDPOINTS too');
}

function portOf(url: string): number {
  return URL.canParse(url) ? Number(new URL(url).port) : 0;
}
