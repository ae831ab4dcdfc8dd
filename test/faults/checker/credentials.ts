import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { ACCESS_KEY_KIND } from '../../../providers/storage/access-key';
import { s3Client } from '../../../providers/storage/s3-client';
import { dashName, underscoreName } from '../../../contract/ids';
import { readSecret } from '../../../registry/keys/secrets';
import type { TestProduct } from '../../helpers/product';
import { REGION } from '../proxies/lines';

/** The credentials of a tenant, as the registry keeps them for the hand-over. */
export interface Credentials {
  tenantId: string;
  storage: { accessKeyId: string; secretAccessKey: string };
  /** Password of the application's login, where the tenant has one. */
  password?: string;
}

/** The credentials of a tenant; undefined if they are incomplete. */
export async function credentialsOf(
  { registry, keys }: TestProduct,
  tenantId: string,
): Promise<Credentials | undefined> {
  const read = (kind: string, name: string) => readSecret(registry, keys, { tenantId, kind, name });
  const accessKeyId = await read(ACCESS_KEY_KIND, 'accessKeyId');
  const secretAccessKey = await read(ACCESS_KEY_KIND, 'secretAccessKey');
  const password = await read('postgres-login', 'password');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { tenantId, storage: { accessKeyId, secretAccessKey }, ...(password === undefined ? {} : { password }) };
}

/** Operations on a tenant's bucket that succeed with another tenant's key; empty when isolated. */
export async function reachBucket(product: TestProduct, { storage }: Credentials, ofTenant: string): Promise<string[]> {
  const client = s3Client(
    { provider: 'versity', name: REGION, capacity: 1, ...product.endpoints.s3![REGION]! },
    storage,
  );
  const at = { Bucket: dashName(ofTenant), Key: 'a-probe-of-the-checker' };
  const tries: Record<string, () => Promise<unknown>> = {
    write: () => client.send(new PutObjectCommand({ ...at, Body: ofTenant })),
    read: () => client.send(new GetObjectCommand(at)),
    list: () => client.send(new ListObjectsV2Command({ Bucket: at.Bucket })),
  };
  const reached: string[] = [];
  try {
    for (const [what, attempt] of Object.entries(tries)) {
      const answer = await attempt().then(
        () => true,
        (error: { $metadata?: { httpStatusCode?: number } }) => {
          if (error.$metadata?.httpStatusCode !== 403) throw error;
          return false;
        },
      );
      if (answer) reached.push(`${what} in its bucket`);
    }
    return reached;
  } finally {
    client.destroy();
  }
}

/** Operations on a tenant's schema that succeed with another tenant's login; empty when isolated. */
export async function reachSchema(
  product: TestProduct,
  { tenantId, password }: Credentials,
  ofTenant: string,
): Promise<string[]> {
  const url = new URL(product.endpoints.postgres!.regions[REGION]!.url);
  url.pathname = '/app_schemas';
  url.username = `${underscoreName(tenantId)}_app`;
  url.password = password ?? '';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  const table = `"${underscoreName(ofTenant)}".health_check`;
  const tries: Record<string, string> = {
    write: `insert into ${table} (id) values ('checker') on conflict do nothing`,
    read: `select from ${table}`,
  };
  const reached: string[] = [];
  try {
    for (const [what, statement] of Object.entries(tries)) {
      const answer = await client.query(statement).then(
        () => true,
        (error: { code?: string }) => {
          if (error.code !== '42501' && error.code !== '3F000' && error.code !== '42P01') throw error;
          return false;
        },
      );
      if (answer) reached.push(`${what} in its schema`);
    }
    return reached;
  } finally {
    await client.end();
  }
}
