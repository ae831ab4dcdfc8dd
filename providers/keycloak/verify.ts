import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { PROBE_TENANT_ID, dashName } from '../../contract/ids';
import type { Check } from '../port/check';
import { failure } from '../port/failures';
import { oneAtATime } from './one-at-a-time';
import { allChecks, type Probe } from '../port/probe';
import { findAdmin } from './admin-user';
import { entriesOf, orAbsent } from './answers';
import { triedAccount } from './passwords/direct-grant';
import type { GroupsSpec } from './groups';
import { TENANT_ATTRIBUTE } from './marks';
import { findOrganization } from './organization';
import { REFUSED, tryPassword } from './passwords/passwords';
import { clientOf } from './realm/realm';
import { APPLICATION_CLIENT } from './realm/realm-settings';
import type { Session } from './session';
import type { KeycloakSettings } from './settings';

/** Expected state of a finished tenant's identities. */
export interface IdentityExpectation {
  tenantId: string;
  temporaryPassword: string;
  /** The tenant's groups with their roles. */
  groups: GroupsSpec['groups'];
  /** Names of the groups that the first admin is in. */
  adminGroups: string[];
  probe: Probe;
  signal: AbortSignal;
}

/**
 * Examines a tenant's first admin as an application would: tries its passwords and reads the token that the application would get. Leaves
 * nothing behind. A failed check is a result; this throws only if Keycloak does not answer or the realm is not prepared.
 */
export async function verifyIdentity(
  session: Session,
  settings: KeycloakSettings,
  expected: IdentityExpectation,
): Promise<Check[]> {
  const { probe, tenantId } = expected;
  const claim = 'the first admin has an account that is enabled';
  return session.run(expected.signal, async (client) => {
    const user = await findAdmin(client, tenantId);
    const exists = probe('identity.admin', async () => [
      check(
        'identity.admin',
        claim,
        user?.enabled === true,
        user ? (user.enabled ? 'enabled' : 'disabled') : 'no such user',
      ),
    ]);
    if (!user) return exists;
    return allChecks([
      exists,
      oneAtATime(`keycloak-logins/${user.id}`, () => passwordChecks(client, settings, user, expected)),
      ...memberChecks(client, user.id, expected),
      probe('identity.token', () => tokenChecks(client, settings, user.id, expected)),
    ]);
  });
}

/**
 * Expects the temporary password to be answered with "change it first", which Keycloak says only to the right password, and a wrong one to
 * be refused. The wrong one is sent only after the right one has been recognised, so a late wrong attempt cannot distort the first check.
 */
async function passwordChecks(
  client: KeycloakAdminClient,
  settings: KeycloakSettings,
  { id: userId, username }: { id: string; username: string },
  { temporaryPassword, probe, signal }: IdentityExpectation,
): Promise<Check[]> {
  const account = await triedAccount(client, settings, { id: userId, username }, signal);
  const right = await probe('identity.password', async () => {
    const answer = await tryPassword(account, temporaryPassword, REFUSALS_BELIEVED, signal);
    const claim = 'the temporary password is accepted, and must be changed before it gives access';
    return [check('identity.password', claim, answer === 'Account is not fully set up', answer)];
  });
  if (!right.every(({ passed }) => passed)) return right;
  const wrong = await probe('identity.wrong-password', async () => {
    const answer = await tryPassword(account, `not-${temporaryPassword}`, 1, signal);
    return [check('identity.wrong-password', 'a wrong password is refused', answer === REFUSED, answer)];
  });
  // Our failed attempt must not count against the admin's first login.
  await account.forgive();
  return [...right, ...wrong];
}

/** A single counted refusal may stem from the wrong password of an overlapping check; this many in a row do not. */
const REFUSALS_BELIEVED = 4;

/** Checks memberships from both sides: those of the first admin, and the members of the organization. */
function memberChecks(
  client: KeycloakAdminClient,
  userId: string,
  { tenantId, adminGroups, probe }: IdentityExpectation,
): Promise<Check[]>[] {
  const name = dashName(tenantId);
  const checked = (id: string, claim: string, find: () => Promise<[passed: boolean, answered: string]>) =>
    probe(id, async () => [check(id, claim, ...(await find()))]);
  return [
    checked(
      'identity.organization',
      'the first admin is a member of the tenant’s organization and of no other',
      async () => {
        const organizations = await entriesOf(client.organizations.memberOrganizations({ userId }));
        const names = organizations.map((entry) => entry.name);
        return [sameSet(names, [name]), joinNames(names)];
      },
    ),
    checked('identity.members', 'the organization has no other member', async () => {
      const own = await findOrganization(client, name);
      const members = own ? await entriesOf(client.organizations.listMembers({ orgId: own.id })) : [];
      const ids = members.map((entry) => entry.id);
      return [sameSet(ids, [userId]), `${members.length} members`];
    }),
    checked('identity.probe', 'the first admin is not a member of the probe tenant', async () => {
      const other = await findOrganization(client, dashName(PROBE_TENANT_ID));
      if (!other) throw failure('ProviderUnavailable', 'Keycloak: the probe organization does not exist (yet).');
      const member = await orAbsent(client.organizations.getMember({ orgId: other.id, userId }));
      return [member === undefined, member === undefined ? '404' : 'a member'];
    }),
    checked('identity.groups', 'the first admin is in the tenant’s admin groups and in no others', async () => {
      const groups = await entriesOf(client.users.listGroups({ id: userId }));
      const paths = groups.map((entry) => entry.path);
      const wanted = adminGroups.map((group) => `/${name}/${group}`);
      return [sameSet(paths, wanted), joinNames(paths)];
    }),
  ];
}

/** Checks the token that the application would get for the admin, as generated by the server that signs it. */
async function tokenChecks(
  client: KeycloakAdminClient,
  { realm }: KeycloakSettings,
  userId: string,
  { tenantId, groups, adminGroups }: IdentityExpectation,
): Promise<Check[]> {
  const { id } = await clientOf(client, APPLICATION_CLIENT);
  const token = await client.clients.evaluateGenerateAccessToken({ id, userId, scope: 'openid', audience: '' });
  const defaultRoles = new Set([`default-roles-${realm}`, 'offline_access', 'uma_authorization']);
  const access = token['realm_access'] as { roles?: string[] } | undefined;
  const roles = (access?.roles ?? []).filter((role) => !defaultRoles.has(role));
  const expectedRoles = groups.filter(({ name }) => adminGroups.includes(name)).flatMap((group) => group.roles);
  // Every user has roles of the client `account`, for managing their own account. Roles of any other client would be rights over the realm.
  const others = Object.keys((token['resource_access'] as object | undefined) ?? {}).filter((key) => key !== 'account');
  const organizations = Array.isArray(token['organization']) ? (token['organization'] as string[]) : [];
  return [
    check(
      'identity.roles',
      'the token carries the roles of the admin’s groups and no others',
      sameSet(roles, expectedRoles) && others.length === 0,
      joinNames([...roles, ...others]),
    ),
    check(
      'identity.token-tenant',
      'the token names this tenant and its organization, and no other',
      token[TENANT_ATTRIBUTE] === tenantId && sameSet(organizations, [dashName(tenantId)]),
      `${String(token[TENANT_ATTRIBUTE])} in ${joinNames(organizations)}`,
    ),
  ];
}

function check(id: string, claim: string, passed: boolean, answered: string): Check {
  return { id, claim, passed, answered };
}

function sameSet(left: (string | undefined)[], right: string[]): boolean {
  const [a, b] = [new Set(left), new Set(right)];
  return a.size === b.size && [...a].every((entry) => entry !== undefined && b.has(entry));
}

function joinNames(names: (string | undefined)[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
