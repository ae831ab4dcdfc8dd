import { dashName } from '../../../../contract/ids';
import { asServerAdmin, type RealmCall } from '../../../helpers/providers/keycloak/realm-user';
import type { Endpoints } from '../../../../stack/types';
import type { Connection } from '../../company';
import { told, type Facts } from './watched';

const REALM = '/admin/realms/tenants';

interface Account {
  id: string;
  username: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  enabled: boolean;
  requiredActions?: string[];
  attributes?: Record<string, string[]>;
}

interface Group {
  id: string;
  name: string;
  path?: string;
}

interface IdentityProvider {
  enabled: boolean;
  organizationId?: string;
  config?: Record<string, string>;
}

/** What Keycloak has about a tenant: its organization, its members with their passwords, roles and groups. */
export async function keycloakFacts({ keycloak }: Endpoints, tenantId: string): Promise<Facts> {
  const call = await asServerAdmin(keycloak!);
  const { id, name, alias, domains, attributes, enabled } = await organizationOf(call, tenantId);
  const members = await read<Account[]>(call, `/organizations/${id}/members?max=100`);
  const accounts = await Promise.all(members.map((member) => accountOf(call, member.id)));
  accounts.sort((a, b) => a.username.localeCompare(b.username));
  const groups = await read<Group[]>(call, `/groups?search=${dashName(tenantId)}&exact=true`);
  const parts = await Promise.all(groups.map((group) => read<Group[]>(call, `/groups/${group.id}/children?max=100`)));
  return {
    'keycloak: organization': told({ id, name, alias, attributes }),
    ...(await signInFacts(call, { tenantId, organizationId: id, domains })),
    'keycloak: accounts': told(accounts.map(({ enabled: _, marks: __, ...account }) => account)),
    'keycloak: groups': told([groups, parts].flat(2).map(({ path, name: group }) => path ?? group)),
    'made, keycloak: groups': told([groups, parts]),
    'access, keycloak: organization': told(enabled),
    'access, keycloak: accounts': told(accounts.map(({ username, enabled: may, marks }) => [username, may, marks])),
  };
}

/** The organization of a tenant. Throws unless there is exactly one. */
export async function organizationOf(call: RealmCall, tenantId: string) {
  const found = await read<{ id: string }[]>(call, `/organizations?search=${dashName(tenantId)}&exact=true`);
  if (found.length !== 1) throw new Error(`Keycloak has ${found.length} organizations of tenant ${tenantId}.`);
  return read<{
    id: string;
    name: string;
    alias: string;
    enabled: boolean;
    domains?: { name: string }[];
    attributes?: object;
  }>(call, `/organizations/${found[0]!.id}`);
}

/** What is seen of a tenant's single sign-on when it has this connection and no other. */
export function connectedFacts({ clientId, domain, team }: Connection, issuer: string): Facts {
  return {
    'keycloak: domains': told([domain]),
    'keycloak: identity provider': told({ linked: true, issuer, clientId, teams: [team] }),
    'access, keycloak: identity provider': told(true),
  };
}

async function signInFacts(
  call: RealmCall,
  {
    tenantId,
    organizationId,
    domains = [],
  }: { tenantId: string; organizationId: string; domains?: { name: string }[] | undefined },
): Promise<Facts> {
  const path = `/identity-provider/instances/${dashName(tenantId)}`;
  const provider = await read<IdentityProvider>(call, path, null);
  const mappers = provider && told(await read<object[]>(call, `${path}/mappers`));
  return {
    'keycloak: domains': told(domains.map(({ name }) => name).sort()),
    'keycloak: identity provider': told(
      provider && {
        linked: provider.organizationId === organizationId,
        issuer: provider.config?.issuer,
        clientId: provider.config?.clientId,
        teams: [...new Set(mappers?.match(/team-\d+-end/g))].sort(),
      },
    ),
    'access, keycloak: identity provider': told(provider?.enabled),
  };
}

async function accountOf(call: RealmCall, id: string) {
  const [account, credentials, groups, roles] = await Promise.all([
    read<Account>(call, `/users/${id}`),
    read<{ id: string; type: string; createdDate: number }[]>(call, `/users/${id}/credentials`),
    read<{ path: string }[]>(call, `/users/${id}/groups`),
    read<object>(call, `/users/${id}/role-mappings`),
  ]);
  const { username, email, firstName, lastName, enabled, requiredActions, attributes = {} } = account;
  const { closedWith: marks = [], ...others } = attributes;
  return {
    ...{ id, username, email, firstName, lastName, requiredActions, attributes: others, roles },
    credentials: credentials.map(({ id: credential, type, createdDate }) => [credential, type, createdDate]),
    groups: groups.map(({ path }) => path).sort(),
    enabled,
    marks,
  };
}

/** Reads what must be there, unless `absent` says what its absence is read as. */
async function read<T>(call: RealmCall, path: string): Promise<T>;
async function read<T>(call: RealmCall, path: string, absent: null): Promise<T | null>;
async function read<T>(call: RealmCall, path: string, absent?: null): Promise<T | null> {
  const { status, text } = await call('GET', `${REALM}${path}`);
  if (status === 404 && absent === null) return null;
  if (status !== 200) throw new Error(`Keycloak answered ${status} to ${path}: ${text}`);
  return JSON.parse(text) as T;
}
