import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { AdminUserSpec } from '../../../providers/keycloak/admin-user';
import type { GroupsSpec } from '../../../providers/keycloak/groups';
import type { Keycloak } from '../../../providers/keycloak/keycloak';
import type { KeycloakSettings } from '../../../providers/keycloak/settings';
import { stackEndpoints } from '../../stack';
import { resourceContext } from '../kind-suite';

/** The application that the tests' realms redirect to. */
export const APPLICATION = 'https://app.example.com';

/** The groups of the tests' tenants. */
export const GROUPS: GroupsSpec['groups'] = [
  { name: 'admins', roles: ['tenant-admin', 'tenant-member'] },
  { name: 'members', roles: ['tenant-member'] },
];

/** Settings for a realm on the stack's Keycloak. */
export function settingsFor(realm: string): KeycloakSettings {
  // The stack's Keycloak keeps its data in the stack's PostgreSQL.
  const { url, clientId, clientSecret } = stackEndpoints('keycloak', 'postgres').keycloak!;
  return { url, realm, clientId, clientSecret, applicationUrl: APPLICATION };
}

/** A client of the tests' own, to see a realm's state without the adapter. */
export async function observerOf(realm: string): Promise<KeycloakAdminClient> {
  const { url, clientId, clientSecret } = settingsFor(realm);
  const login = new KeycloakAdminClient({ baseUrl: url, realmName: 'master', timeout: 30_000 });
  const signIn = (): Promise<void> => login.auth({ grantType: 'client_credentials', clientId, clientSecret });
  await signIn();
  const client = new KeycloakAdminClient({ baseUrl: url, realmName: realm, timeout: 30_000 });
  // A token is valid for a minute, and on a busy machine the tests of one kind take longer.
  client.registerTokenProvider({
    getAccessToken: async () => {
      if (login.isTokenExpired()) await signIn();
      return login.accessToken!;
    },
  });
  return client;
}

/** A first admin as ordered. */
export function adminSpec(tenantId: string): AdminUserSpec {
  return {
    email: `it+${tenantId}@example.com`,
    firstName: 'Sammy',
    lastName: 'O’Davis, Jr.',
    role: 'owner',
    groups: ['admins'],
    passwordLength: 20,
  };
}

/** Makes the organization and groups that a first admin depends on. */
export async function makeSurroundings(keycloak: Keycloak, tenantId: string): Promise<void> {
  const { organization, groups } = keycloak;
  await organization.create(resourceContext(organization, 'global', { organizationName: 'Acme' }, tenantId));
  await groups.create(resourceContext(groups, 'global', { groups: GROUPS }, tenantId));
}

/** Removes everything that a tenant has in the realm. */
export async function removeAll(keycloak: Keycloak, tenantId: string): Promise<void> {
  for (const kind of [...keycloak.kinds].reverse())
    await kind.remove(resourceContext(kind, 'global', undefined, tenantId));
}
