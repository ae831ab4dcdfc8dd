import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type UserRepresentation from '@keycloak/keycloak-admin-client/lib/defs/userRepresentation';
import { dashName } from '../../contract/ids';
import { fitUnits } from '../../contract/text/text-length';
import { failure } from '../port/failures';
import type { ResourceContext, ResourceKind } from '../port/kind';
import { allPages, entriesOf, orAbsent, unlessExists } from './answers';
import { childrenOf, findTopGroup } from './groups';
import { assertOurs, isOurs, MANAGED_QUERY, marks, tenantOf } from './marks';
import { findOrganization } from './organization';
import type { Session } from './session';
import { LONGEST_NAME } from './realm/realm-settings';
import { newTemporaryPassword, setTemporaryPassword, TEMPORARY_PASSWORD } from './passwords/temporary-password';

/** The first administrator of a tenant, as ordered. */
export interface AdminUserSpec {
  email: string;
  firstName: string;
  /** Absent or empty for a person with a single name. */
  lastName?: string | undefined;
  /** The role named in the order. It is kept as an attribute only; the admin's rights come from `groups`. */
  role: string;
  /** Names of the tenant's groups that the admin joins. They and the organization must exist already. */
  groups: string[];
  /** Length of the temporary password in characters; at least {@link MINIMUM_PASSWORD_LENGTH} are used. */
  passwordLength: number;
}

/**
 * User name of a tenant's first admin. It is not the e-mail address, because one person may be the first admin of several tenants with the
 * same address. Nor does it look like an address, so that no one tries to send mail to it.
 */
export function adminUsername(tenantId: string): string {
  return `admin-${dashName(tenantId)}`;
}

/** User names given by earlier versions; accounts from that time keep them. */
function formerUsernames(tenantId: string): string[] {
  return [`admin@${dashName(tenantId)}`];
}

/** The account of a tenant's first admin, or undefined. */
export async function findAdmin(
  client: KeycloakAdminClient,
  tenantId: string,
): Promise<(UserRepresentation & { id: string; username: string }) | undefined> {
  for (const username of [adminUsername(tenantId), ...formerUsernames(tenantId)]) {
    const user = await findUser(client, username);
    if (user) return { ...user, username };
  }
  return undefined;
}

/**
 * A tenant's first admin: an account that is a member of the tenant's organization and groups, with a temporary password that must be
 * changed at the first login. One call creates account, password and group memberships; a second one adds the organization membership.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/users` and `…/organizations/{id}/members`.
 */
export function adminUserKind(session: Session, accessUrl: (tenantId: string) => string): ResourceKind<AdminUserSpec> {
  const facts = ({ name, tenantId }: ResourceContext): Record<string, unknown> => ({
    username: name,
    organization: dashName(tenantId),
    adminAccessUrl: accessUrl(tenantId),
  });
  return {
    kind: 'idp-admin-user',
    provider: 'keycloak',
    global: true,
    name: adminUsername,

    find: (context) =>
      session.run(context.signal, async (client) => {
        const user = await findUser(client, context.name);
        if (!user) return { state: 'absent' };
        if (!isOurs(user, context.tenantId)) return { state: 'foreign' };
        const { tenantId, spec } = context;
        const complete = !spec || !(await missingParts(client, user.id, tenantId, spec.groups)).any;
        return { state: complete ? 'present' : 'partial', id: user.id, facts: facts(context) };
      }),

    create: (context) =>
      session.run(context.signal, async (client) => {
        const { name, tenantId, spec, secrets } = context;
        const prerequisites = await findPrerequisites(client, tenantId, spec.groups);
        const password = await secrets.obtain(TEMPORARY_PASSWORD, () => newTemporaryPassword(spec.passwordLength));
        const existing = await findUser(client, name);
        const made = existing ? undefined : await unlessExists(client.users.create(account(context, password)));
        const found = existing ?? (made ? undefined : await findUser(client, name));
        const id = made?.id ?? assertOurs(found, tenantId, `the user ${name}`).id;
        if (made) {
          await join(client, prerequisites.organizationId, id);
        } else {
          const lacks = await missingParts(client, id, tenantId, spec.groups);
          if (lacks.password) await setTemporaryPassword(client, id, password);
          for (const group of lacks.groups)
            await client.users.addToGroup({ id, groupId: prerequisites.groupIds.get(group)! });
          if (lacks.membership) await join(client, prerequisites.organizationId, id);
        }
        return { id, facts: facts(context) };
      }),

    remove: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const user = await findUser(client, name);
        // Keycloak deletes memberships, sessions and credentials together with the account.
        if (user && isOurs(user, tenantId)) await orAbsent(client.users.del({ id: user.id }));
      }),

    async *list(_region, signal) {
      const all = await session.run(signal, (client) =>
        allPages((first, max) =>
          // Part of the names: the accounts that directories have provisioned, of which there may be thousands, are marked as ours, too.
          client.users.find({ q: MANAGED_QUERY, username: 'admin', first, max, briefRepresentation: false }),
        ),
      );
      for (const entry of all) {
        const tenantId = tenantOf(entry);
        const names = tenantId ? [adminUsername(tenantId), ...formerUsernames(tenantId)] : [];
        if (tenantId && isOurs(entry, tenantId) && names.includes(entry.username ?? ''))
          yield { tenantId, name: entry.username!, id: entry.id! };
      }
    },
  };
}

/** The account with exactly this user name, including its attributes, or undefined. */
export async function findUser(
  client: KeycloakAdminClient,
  username: string,
): Promise<(UserRepresentation & { id: string }) | undefined> {
  const found = await entriesOf(client.users.find({ username, exact: true, briefRepresentation: false }));
  const user = found.find((entry) => entry.username === username);
  return user?.id ? { ...user, id: user.id } : undefined;
}

function account({ name, tenantId, spec }: ResourceContext<AdminUserSpec>, password: string): UserRepresentation {
  return {
    username: name,
    email: spec.email,
    firstName: fitUnits(spec.firstName, LONGEST_NAME),
    ...(spec.lastName ? { lastName: fitUnits(spec.lastName, LONGEST_NAME) } : {}),
    enabled: true,
    attributes: { ...marks(tenantId), orderedRole: [spec.role] },
    groups: spec.groups.map((group) => `/${dashName(tenantId)}/${group}`),
    credentials: [{ type: 'password', temporary: true, value: password }],
    requiredActions: ['UPDATE_PASSWORD'],
  };
}

async function join(client: KeycloakAdminClient, orgId: string, userId: string): Promise<void> {
  await unlessExists(client.organizations.addMember({ orgId, userId }));
}

/** Ids of the organization and groups that the account joins. Looked up first, because Keycloak answers a missing group with a bare 500. */
async function findPrerequisites(
  client: KeycloakAdminClient,
  tenantId: string,
  groups: string[],
): Promise<{ organizationId: string; groupIds: Map<string, string> }> {
  const name = dashName(tenantId);
  const [organization, top] = await Promise.all([findOrganization(client, name), findTopGroup(client, name)]);
  if (!organization || !isOurs(organization, tenantId))
    throw failure('ProviderUnavailable', `Keycloak: organization ${name} does not exist (yet).`);
  const children = top ? await childrenOf(client, top.id) : new Map<string, { id?: string }>();
  const groupIds = new Map<string, string>();
  for (const group of groups) {
    const id = children.get(group)?.id;
    if (!id) throw failure('ProviderUnavailable', `Keycloak: group /${name}/${group} does not exist (yet).`);
    groupIds.set(group, id);
  }
  return { organizationId: organization.id, groupIds };
}

/** The parts that an account still lacks. A password or profile that its owner has changed meanwhile counts as complete. */
async function missingParts(
  client: KeycloakAdminClient,
  id: string,
  tenantId: string,
  wanted: string[],
): Promise<{ any: boolean; password: boolean; membership: boolean; groups: string[] }> {
  const [credentials, joined, organizations] = await Promise.all([
    entriesOf(client.users.getCredentials({ id })),
    entriesOf(client.users.listGroups({ id })),
    entriesOf(client.organizations.memberOrganizations({ userId: id })),
  ]);
  const password = !credentials.some((entry) => entry.type === 'password');
  const membership = !organizations.some((entry) => entry.name === dashName(tenantId));
  const paths = new Set(joined.map((entry) => entry.path));
  const groups = wanted.filter((group) => !paths.has(`/${dashName(tenantId)}/${group}`));
  return { any: password || membership || groups.length > 0, password, membership, groups };
}
