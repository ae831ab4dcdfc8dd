import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type GroupRepresentation from '@keycloak/keycloak-admin-client/lib/defs/groupRepresentation';
import { dashName } from '../../contract/ids';
import { accountsOf, type Account } from './access/accounts';
import { allPages } from './answers';
import { DIRECTORY_GROUP } from './directory/groups';
import { childrenOf, findTopGroup } from './groups';
import { findOrganization } from './organization';
import type { Session } from './session';

/** An account of an organization, without credentials. */
export interface ExportedUser {
  id: string;
  username: string | undefined;
  email: string | undefined;
  emailVerified: boolean;
  firstName: string | undefined;
  lastName: string | undefined;
  /** Milliseconds since 1970. */
  createdTimestamp: number | undefined;
  attributes: Record<string, string[]>;
  /** Paths of the groups of this tenant. */
  groups: string[];
  /** Identity providers through which the person signs in, with the name there. */
  signsInWith: { provider: string | undefined; as: string | undefined }[];
}

/** A group of a tenant. */
export interface ExportedGroup {
  id: string;
  path: string;
  roles: string[];
}

/** The people of a tenant's organization and its groups, sorted by id and path. The lists are held in memory. */
export interface ExportedOrganization {
  users: ExportedUser[];
  groups: ExportedGroup[];
}

/** Reads the members of a tenant's organization, the accounts that name the tenant, and the tenant's groups. */
export function readMembers(session: Session, tenantId: string, signal: AbortSignal): Promise<ExportedOrganization> {
  return session.run(signal, async (client) => {
    const name = dashName(tenantId);
    const organization = await findOrganization(client, name);
    const top = await findTopGroup(client, name);
    const groups = top ? (await withDescendants(client, top)).map(groupOf) : [];
    const memberships = new Map<string, string[]>();
    for (const { id, path } of groups)
      for (const member of await allPages((first, max) => client.groups.listMembers({ id, first, max })))
        memberships.set(member.id!, [...(memberships.get(member.id!) ?? []), path]);
    const users: ExportedUser[] = [];
    for (const account of await accountsOf(client, tenantId, organization?.id)) {
      const linked = await client.users.listFederatedIdentities({ id: account.id });
      const signsInWith = linked.map(({ identityProvider, userName }) => ({
        provider: identityProvider,
        as: userName,
      }));
      users.push({ ...userOf(account), groups: memberships.get(account.id) ?? [], signsInWith });
    }
    return {
      users: users.sort((a, b) => (a.id < b.id ? -1 : 1)),
      groups: groups.sort((a, b) => (a.path < b.path ? -1 : 1)),
    };
  });
}

/** A tenant's top group, its children and the groups of its directory. */
async function withDescendants(
  client: KeycloakAdminClient,
  top: GroupRepresentation & { id: string },
): Promise<GroupRepresentation[]> {
  const children = await childrenOf(client, top.id);
  const container = children.get(DIRECTORY_GROUP);
  const ofDirectory = container ? await childrenOf(client, container.id!) : new Map<string, GroupRepresentation>();
  return [top, ...children.values(), ...ofDirectory.values()];
}

function groupOf({ id, path, realmRoles = [] }: GroupRepresentation): ExportedGroup {
  return { id: id!, path: path ?? '', roles: [...realmRoles].sort() };
}

function userOf(account: Account): Omit<ExportedUser, 'groups' | 'signsInWith'> {
  const { id, username, email, emailVerified = false, firstName, lastName, createdTimestamp, attributes } = account;
  return {
    id,
    username,
    email,
    emailVerified,
    firstName,
    lastName,
    createdTimestamp,
    attributes: (attributes ?? {}) as Record<string, string[]>,
  };
}
