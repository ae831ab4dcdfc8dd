import { Client } from 'pg';
import type { Isolation } from '../../../../contract/orders/order';
import type { Access } from '../../../../contract/tenants/access';
import type { Found, ResourceContext, ResourceKind } from '../../../../providers/port/kind';
import type { DatabaseTemplate } from '../../../../templates/template';
import type { Clusters } from '../clusters';
import { provision, type Tenant } from '../tenant';

/** The server's answer to a statement that the login has no right to. */
export const DENIED = { code: '42501' };

/** Every access, from the widest to the narrowest. */
export const EVERY: Access[] = ['open', 'read-only', 'closed'];

/** One of a tenant's resources whose access can be changed, with the calls that `effect` makes. */
export interface Subject {
  context: ResourceContext<DatabaseTemplate>;
  find(spec?: DatabaseTemplate): Promise<Found>;
  update(access: Access): Promise<void>;
  access(): Promise<Access>;
}

/** Tenants and connections of one test. */
export interface Bench {
  tenant(isolation: Isolation): Promise<Tenant>;
  subject(tenant: Tenant, key: 'pooledShare' | 'login' | 'readonlyLogin'): Subject;
  /** A new connection to the tenant's database, as its own login or as the one that pooled tenants share. */
  connect(tenant: Tenant, as: 'app' | 'readonly' | 'pool'): Promise<Client>;
  /** Closes the connections and removes the tenants. */
  clear(): Promise<void>;
}

/** The database that holds a tenant's tables. */
export function homeOf({ tenantId, isolation }: Tenant): string {
  return isolation === 'pooled' ? 'app_pool' : isolation === 'schema' ? 'app_schemas' : `t_${tenantId}`;
}

/** Checks of step 9 that a tenant does not pass. */
export async function failedChecks(tenant: Tenant): Promise<string[]> {
  return (await tenant.verify()).filter(({ passed }) => !passed).map(({ id }) => id);
}

export function createBench(clusters: Clusters): Bench {
  const tenants: Tenant[] = [];
  const clients: Client[] = [];
  return {
    tenant: async (isolation) => {
      const tenant = await provision(clusters.postgres, isolation);
      tenants.push(tenant);
      return tenant;
    },
    subject: (tenant, key) => {
      const kind: ResourceKind<DatabaseTemplate> = clusters.postgres[key];
      const context = tenant.contextOf(kind);
      const bare = { ...context, spec: undefined };
      return {
        context,
        find: (spec) => kind.find({ ...context, spec }),
        update: (access) => kind.update!(bare, { access }),
        access: () => kind.access!(bare),
      };
    },
    connect: async (tenant, as) => {
      const [user, password] =
        as === 'pool'
          ? ['app_pool', (await clusters.secrets.read('eu-central/cell-1/app_pool'))!]
          : [`t_${tenant.tenantId}_${as}`, tenant.passwords[as]];
      const client = new Client({ connectionString: clusters.url(homeOf(tenant), user, password) });
      // Closing a login ends its connections; without a listener their errors would end the process.
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    clear: async () => {
      for (const client of clients.splice(0)) await client.end();
      for (const tenant of tenants.splice(0)) await tenant.remove();
    },
  };
}
