import { join } from 'node:path';
import { withPorts, type ServerContext, type StartServer } from '../../processes/context';
import { clusterOn, type Cluster } from '../postgres/cluster';
import { REGISTRY_CLUSTER } from '../postgres';
import { messageOf, ServerUnavailable } from '../../errors';
import type { Endpoints } from '../../types';
import { adminCall, type AdminCall } from './admin-call';
import { ensureAdministrator } from './administrator';
import { prepareDatabase } from './database';
import { BUILD_OPTIONS, findKeycloak, type Keycloak } from './distribution';
import { ensureStaffRealm, staffRealm } from './staff-realm';
import { DatabaseTemplate } from './template';

const CLIENT_ID = 'provisioner';

/**
 * Starts Keycloak with its database in the registry's cluster, a service client for the worker, an administrator's login, and
 * the realm of the people who use the console. That realm is made while the server is already in use: sign-ins wait for it, tenants do not.
 */
export const startKeycloak: StartServer = async (context) => {
  const [keycloak] = await Promise.all([findKeycloak(context), context.needs('postgres')]);
  const clientSecret = context.state.secret('keycloak.client');
  const template = await DatabaseTemplate.find(context);
  const database = await prepareDatabase(registryCluster(context), template, clientSecret);
  context.tell('starting', database.isEmpty ? 'creating its tables; only at the first start' : undefined);
  const client = { clientId: CLIENT_ID, clientSecret };
  const administrator = { adminUser: 'admin', adminPassword: context.state.secret('keycloak.admin') };
  const endpointsAt = (url: string): Pick<Endpoints, 'keycloak'> => ({
    keycloak: { url, ...administrator, ...client, staff: staffRealm(url, context.state) },
  });
  const onAddress = (url: string): void => context.announce(endpointsAt(url));
  const url = await launch(context, { keycloak, databaseUrl: database.url, clientSecret, onAddress });
  if (database.isEmpty) await template.keep(database.url);
  const call = await adminCall(url, client, context.signal);
  await ensureAdministrator(call, administrator);
  void prepareStaff(context, call, url);
  return endpointsAt(url);
};

/** Makes the realm of the people. Without it the product works, so a failure is only a warning. */
async function prepareStaff(context: ServerContext, call: AdminCall, url: string): Promise<void> {
  try {
    await ensureStaffRealm(call, staffRealm(url, context.state), context.consoleUrl);
  } catch (error) {
    if (!context.signal.aborted) context.tell('warning', `people cannot sign in to the console: ${messageOf(error)}`);
  }
}

function launch(
  context: ServerContext,
  o: { keycloak: Keycloak; databaseUrl: string; clientSecret: string; onAddress: (url: string) => void },
): Promise<string> {
  const database = new URL(o.databaseUrl);
  return withPorts(context.state, ['keycloak', 'keycloak.management'], async (ports) => {
    const url = `http://127.0.0.1:${ports.keycloak}`;
    o.onAddress(url);
    await context.spawn({
      name: 'keycloak',
      command: join(o.keycloak.home, 'bin', 'kc.sh'),
      args: ['start', '--optimized'],
      env: {
        ...BUILD_OPTIONS,
        JAVA: o.keycloak.java,
        KC_DB_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
        KC_DB_USERNAME: database.username,
        KC_DB_PASSWORD: database.password,
        KC_DB_POOL_MAX_SIZE: '20',
        // Without `local`, Keycloak would open its clustering ports on every address.
        KC_CACHE: 'local',
        KC_HTTP_ENABLED: 'true',
        KC_HTTP_HOST: '127.0.0.1',
        KC_HTTP_PORT: String(ports.keycloak),
        KC_HTTP_MANAGEMENT_HOST: '127.0.0.1',
        KC_HTTP_MANAGEMENT_PORT: String(ports['keycloak.management']),
        KC_HOSTNAME: url,
        // Creates the service client if the database is empty, and has no effect later.
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

// A given PostgreSQL server has no role with which we may create Keycloak's database.
function registryCluster(context: ServerContext): Cluster {
  const url = context.endpoints.postgres?.registry.ownerUrl ?? '';
  const cluster = clusterOn(context.state, REGISTRY_CLUSTER, portOf(url));
  if (cluster.url('registry', 'registry') === url) return cluster;
  const why = 'Keycloak’s database must be in the PostgreSQL of the stack, but STACK_ENDPOINTS names another one.';
  throw new ServerUnavailable(why, 'add a running Keycloak to STACK_ENDPOINTS');
}

function portOf(url: string): number {
  return URL.canParse(url) ? Number(new URL(url).port) : 0;
}
