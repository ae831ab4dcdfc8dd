import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { s3Client } from '../../../providers/storage/s3-client';
import { versityUsers } from '../../../providers/storage/versity/users';
import { POOL_DATABASE, SCHEMAS_DATABASE } from '../../../providers/postgres/shares/names';
import type { StorageSettings } from '../../../config/regions';
import { PROBE_TENANT_ID, tenantIdOf } from '../../../contract/ids';
import type { Endpoints } from '../../../stack/types';
import { groupBy } from './group-by';

/** A resource at a provider that carries a tenant's name or mark. */
export interface Holding {
  tenantId: string;
  provider: 'postgres' | 'versity' | 'keycloak' | 'stripe';
  /** Type as the provider names it. */
  what: string;
  name: string;
}

/**
 * Every resource of a tenant at any provider, except those of the regions' probe tenants. Asks the servers directly, without the proxies.
 */
export async function listHoldings(endpoints: Endpoints, since: Date): Promise<Holding[]> {
  const { postgres, s3 = {}, keycloak, stripe } = endpoints;
  const all = await Promise.all([
    ...Object.values(postgres?.regions ?? {}).map(({ superuserUrl }) => inPostgres(superuserUrl)),
    ...Object.entries(s3).map(([name, store]) => inStorage({ provider: 'versity', name, capacity: 1, ...store })),
    inKeycloak(keycloak!),
    inStripe(stripe!, since),
  ]);
  return all.flat().filter(({ tenantId }) => tenantId !== PROBE_TENANT_ID);
}

/** The holdings of each tenant. */
export function byTenant(holdings: readonly Holding[]): Map<string, Holding[]> {
  return groupBy(holdings, ({ tenantId }) => tenantId);
}

function named(provider: Holding['provider'], what: string, names: readonly string[]): Holding[] {
  return names.flatMap((name) => {
    const tenantId = tenantIdOf(name);
    return tenantId === undefined ? [] : [{ tenantId, provider, what, name }];
  });
}

async function inPostgres(superuserUrl: string): Promise<Holding[]> {
  const names = async (database: string, sql: string): Promise<string[]> => {
    const url = new URL(superuserUrl);
    url.pathname = `/${database}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      return (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
    } finally {
      await client.end();
    }
  };
  const [roles, databases, schemas, rows] = await Promise.all([
    names('postgres', `select rolname as name from pg_roles where rolname ~ '^t_'`),
    names('postgres', `select datname as name from pg_database where datname ~ '^t_'`),
    names(SCHEMAS_DATABASE, `select nspname as name from pg_namespace where nspname ~ '^t_'`),
    names(POOL_DATABASE, `select 't_' || tenant_id as name from app.tenant`),
  ]);
  return [
    ...named('postgres', 'role', roles),
    ...named('postgres', 'database', databases),
    ...named('postgres', 'schema', schemas),
    ...named('postgres', 'share', rows),
  ];
}

async function inStorage(store: StorageSettings): Promise<Holding[]> {
  const client = s3Client(store);
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    const users = await versityUsers(store).list(AbortSignal.timeout(10_000));
    return [
      ...named(
        'versity',
        'bucket',
        Buckets.map(({ Name }) => Name ?? ''),
      ),
      ...named('versity', 'storage user', users),
    ];
  } finally {
    client.destroy();
  }
}

async function inKeycloak({ url, clientId, clientSecret }: NonNullable<Endpoints['keycloak']>): Promise<Holding[]> {
  const signal = AbortSignal.timeout(60_000);
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  let token = '';
  const list = async (what: string): Promise<string[]> => {
    const all: string[] = [];
    for (let first = 0; ; first += 200) {
      const answer = await fetch(`${url}/admin/realms/tenants/${what}?first=${first}&max=200`, {
        headers: { authorization: `Bearer ${token}` },
        signal,
      });
      if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${what}`);
      const page = (await answer.json()) as { name?: string; username?: string }[];
      // The first admin's user name is the role in the tenant, followed by the tenant's name.
      all.push(...page.map(({ name, username }) => name ?? /t-[a-z0-9]{16}/.exec(username ?? '')?.[0] ?? ''));
      if (page.length < 200) return all;
    }
  };
  const signIn = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body, signal });
  token = ((await signIn.json()) as { access_token: string }).access_token;
  return [
    ...named('keycloak', 'organization', await list('organizations')),
    ...named('keycloak', 'group', await list('groups')),
    ...named('keycloak', 'account', await list('users')),
  ];
}

async function inStripe({ url, apiKey }: NonNullable<Endpoints['stripe']>, since: Date): Promise<Holding[]> {
  const list = async (what: 'customers' | 'subscriptions'): Promise<Holding[]> => {
    const all: Holding[] = [];
    for (let after: string | undefined; ;) {
      const query = new URLSearchParams({ limit: '100', 'created[gte]': String(Math.floor(since.getTime() / 1000)) });
      if (after !== undefined) query.set('starting_after', after);
      const answer = await fetch(`${url}/v1/${what}?${query.toString()}`, {
        headers: { authorization: `Bearer ${apiKey}` },
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer.ok) throw new Error(`Stripe answered ${answer.status} to ${what}`);
      const page = (await answer.json()) as {
        data: { id: string; metadata: { tenantId?: string } }[];
        has_more: boolean;
      };
      for (const { id, metadata } of page.data)
        if (metadata.tenantId !== undefined)
          all.push({ tenantId: metadata.tenantId, provider: 'stripe', what: what.slice(0, -1), name: id });
      after = page.data.at(-1)?.id;
      if (!page.has_more) return all;
    }
  };
  return (await Promise.all([list('customers'), list('subscriptions')])).flat();
}
