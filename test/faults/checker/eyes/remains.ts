import {
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { escapeIdentifier, type Client } from 'pg';
import type { Removed } from '../../journal';
import { POOL_DATABASE } from '../../../../providers/postgres/shares/names';
import { s3Client } from '../../../../providers/storage/s3-client';
import { asServerAdmin } from '../../../helpers/providers/keycloak/realm-user';
import type { TestProduct } from '../../../helpers/product';
import { REGION } from '../../proxies/lines';
import { asSuperuser } from './in-postgres';

/** Something of a removed tenant that is still at a server. */
export interface Remain {
  tenantId: string;
  what: string;
}

/** Tables of the registry whose rows are of use only while the tenant is there. */
const ONLY_WHILE_THERE = ['claim', 'secret', 'api_key', 'configuration', 'tenant_key', 'reservation', 'pool_placement'];

/**
 * What is left of removed tenants where no listing of resources looks: rows, objects of backups and exports, accounts of people, and names in
 * clear text.
 */
export async function remainsOf(product: TestProduct, removed: readonly Removed[]): Promise<Remain[]> {
  if (removed.length === 0) return [];
  const ids = removed.map(({ tenantId }) => tenantId);
  const found = await Promise.all([
    inPool(product, ids),
    inBuckets(product, ids),
    atKeycloak(product, removed),
    inRegistry(product, removed),
  ]);
  return found.flat();
}

async function inPool({ endpoints }: TestProduct, ids: string[]): Promise<Remain[]> {
  const client = await asSuperuser(endpoints, POOL_DATABASE);
  try {
    const all = ['project', 'item', 'setting', 'health_check'].map((table) => rowsOf(client, table, ids));
    return (await Promise.all(all)).flat();
  } finally {
    await client.end();
  }
}

async function rowsOf(client: Client, table: string, ids: string[]): Promise<Remain[]> {
  const sql = `select distinct tenant_id as "tenantId" from app.${table} where tenant_id = any($1)`;
  const { rows } = await client.query<{ tenantId: string }>(sql, [ids]);
  return rows.map(({ tenantId }) => ({ tenantId, what: `rows in ${table}` }));
}

/** Objects in buckets that are no tenant's: the vault of the region. */
async function inBuckets({ endpoints }: TestProduct, ids: string[]): Promise<Remain[]> {
  const client = s3Client({ provider: 'versity', name: REGION, capacity: 1, ...endpoints.s3![REGION]! });
  const remains: Remain[] = [];
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    for (const { Name = '' } of Buckets.filter(({ Name: name = '' }) => !/^t-[a-z0-9]{16}$/.test(name)))
      for await (const { Versions = [] } of versionsIn(client, Name))
        for (const { Key = '' } of Versions) {
          const tenantId = ids.find((id) => Key.includes(id));
          // Signed heads of the audit trail are proof, and stay.
          if (tenantId !== undefined && !Key.startsWith('audit'))
            remains.push({ tenantId, what: `object ${Name}/${Key}` });
        }
    return remains;
  } finally {
    client.destroy();
  }
}

async function* versionsIn(client: S3Client, Bucket: string): AsyncIterable<ListObjectVersionsCommandOutput> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    const at: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> =
      page === undefined ? {} : { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    page = await client.send(new ListObjectVersionsCommand({ Bucket, ...at }));
    yield page;
  } while (page.IsTruncated === true);
}

/** Accounts that carry a removed tenant's marks, and that of its first admin. Other members are not the tenant's, and only lose their membership. */
async function atKeycloak({ endpoints }: TestProduct, removed: readonly Removed[]): Promise<Remain[]> {
  const call = await asServerAdmin(endpoints.keycloak!);
  const remains: Remain[] = [];
  for (let first = 0; ; first += 500) {
    const page = `/admin/realms/tenants/users?briefRepresentation=false&first=${first}&max=500`;
    const { status, text } = await call('GET', page);
    if (status !== 200) throw new Error(`Keycloak answered ${status}: ${text}`);
    const users = JSON.parse(text) as { username: string; email?: string; attributes?: object }[];
    for (const { username, email = '', attributes } of users) {
      const marks = JSON.stringify(attributes ?? {});
      const owner = removed.find(({ tenantId, names }) => marks.includes(tenantId) || names.includes(email));
      if (owner) remains.push({ tenantId: owner.tenantId, what: `account ${username}, marked ${marks}` });
    }
    if (users.length < 500) return remains;
  }
}

async function inRegistry({ registry }: TestProduct, removed: readonly Removed[]): Promise<Remain[]> {
  const { rows: tables } = await registry.query<{ name: string; owned: boolean }>(
    `select table_name as name, bool_or(column_name = 'tenant_id') as owned from information_schema.columns
     where table_schema = current_schema() group by table_name order by 1`,
  );
  const texts = removed.flatMap(({ tenantId, names }) => names.map((text) => ({ tenantId, text })));
  const remains: Remain[] = [];
  for (const { name, owned } of tables) {
    const table = escapeIdentifier(name);
    const { rows } = await registry.query<{ text: string; row: string }>(
      `select text, t::text as row from ${table} t, unnest($1::text[]) as text where strpos(t::text, text) > 0`,
      [texts.map(({ text }) => text)],
    );
    for (const { tenantId, text } of texts)
      if (rows.some((each) => each.text === text && isWord(text, each.row)))
        remains.push({ tenantId, what: `“${text}” in clear text in the registry’s ${name}` });
    if (!owned || !ONLY_WHILE_THERE.includes(name)) continue;
    const { rows: kept } = await registry.query<{ tenantId: string }>(
      `select distinct tenant_id as "tenantId" from ${table} where tenant_id = any($1)`,
      [removed.map(({ tenantId }) => tenantId)],
    );
    for (const { tenantId } of kept) remains.push({ tenantId, what: `rows in the registry’s ${name}` });
  }
  return remains;
}

/** Whether the text stands in the row by itself: `acme-1` is not in `acme-12`. */
function isWord(text: string, row: string): boolean {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`).test(row);
}
