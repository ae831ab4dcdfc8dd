import { S3Client } from '@aws-sdk/client-s3';
import { Client as Postgres } from 'pg';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import {
  appRole,
  POOL_DATABASE,
  POOL_ROLE,
  readonlyRole,
  SCHEMAS_DATABASE,
} from '../../../providers/postgres/shares/names';
import { readSecret } from '../../../registry/keys/secrets';
import type { TestProduct } from '../product';

/** What a tenant, or the application on its behalf, comes to the providers with; opened from the registry as the product does. */
export interface TenantLogins {
  /** A connection as one of the tenant's own logins, or as the login the pooled tenants share. */
  database(login: 'app' | 'readonly' | 'pool', database?: string): Promise<Postgres>;
  /** The object store with the tenant's key. */
  s3(): Promise<S3Client>;
}

/** The logins of a tenant in a region. */
export function tenantLogins(
  { registry, keys, endpoints }: TestProduct,
  tenantId: string,
  region: string,
): TenantLogins {
  const secret = async (of: string, kind: string, name: string): Promise<string> => {
    const value = await readSecret(registry, keys, { tenantId: of, kind, name });
    if (value === undefined) throw new Error(`The registry has no ${name} of ${kind} of tenant ${of}.`);
    return value;
  };
  const poolPassword = async (): Promise<string> => {
    const { rows } = await registry.query<{ name: string }>(
      `select name from secret where tenant_id = $1 and kind = 'shared' and name like '%' || $2 || '%' || $3`,
      [PROBE_TENANT_ID, region, POOL_ROLE],
    );
    return secret(PROBE_TENANT_ID, 'shared', rows[0]!.name);
  };
  const account = async (login: 'app' | 'readonly' | 'pool') => {
    if (login === 'pool') return { user: POOL_ROLE, password: await poolPassword(), home: POOL_DATABASE };
    const [kind, user] =
      login === 'app' ? ['postgres-login', appRole(tenantId)] : ['postgres-readonly', readonlyRole(tenantId)];
    return { user, password: await secret(tenantId, kind, 'password'), home: SCHEMAS_DATABASE };
  };
  return {
    database: async (login, database) => {
      const { user, password, home } = await account(login);
      const { hostname: host, port } = new URL(endpoints.postgres!.regions[region]!.url);
      const client = new Postgres({ host, port: Number(port), user, password, database: database ?? home });
      try {
        await client.connect();
      } catch (error) {
        await client.end().catch(() => {});
        throw error;
      }
      return client;
    },
    s3: async () => {
      const { endpoint, region: signedFor } = endpoints.s3![region]!;
      const key = (name: string) => secret(tenantId, 'storage-access-key', name);
      const [accessKeyId, secretAccessKey] = [await key('accessKeyId'), await key('secretAccessKey')];
      const credentials = { accessKeyId, secretAccessKey };
      return new S3Client({ endpoint, region: signedFor, forcePathStyle: true, maxAttempts: 1, credentials });
    },
  };
}
