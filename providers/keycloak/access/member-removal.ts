import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { dashName } from '../../../contract/ids';
import { failure } from '../../port/failures';
import { entriesOf, orAbsent } from '../answers';
import { isOurs, tenantOf } from '../marks';
import { accountsOf, membersOf, type Account } from './accounts';

/** Why an account outlives the organization of a tenant. */
export const KEPT_BECAUSE = ['another-tenant', 'another-organization', 'rights-of-its-own', 'not-made-here'] as const;
type Because = (typeof KEPT_BECAUSE)[number];

/** The member of an organization’s ledger facts that counts the accounts that outlive it, by reason. */
export const KEPT_ACCOUNTS = 'keptAccounts';

/** A member as Keycloak lists it; the client's types lack how the person became one. */
type Member = Account & { membershipType?: 'MANAGED' | 'UNMANAGED' };

/** How many members of a tenant's organization keep their accounts when it is removed, by reason. */
export async function countKeptAccounts(
  client: KeycloakAdminClient,
  tenantId: string,
  orgId: string,
): Promise<Partial<Record<Because, number>>> {
  const counts: Partial<Record<Because, number>> = {};
  for (const account of await membersOf(client, orgId)) {
    const because = await keptBecause(client, account, tenantId);
    if (because) counts[because] = (counts[because] ?? 0) + 1;
  }
  return counts;
}

/**
 * Deletes the accounts that were made for a tenant: those that carry its mark, and the managed members of its organization who have nothing
 * else in the realm. Throws `ProviderRefused` before Keycloak would delete an account that is to be kept: together with an organization it deletes the accounts
 * that came through the organization's own identity provider.
 */
export async function removeAccounts(client: KeycloakAdminClient, tenantId: string, orgId: string): Promise<void> {
  const members = new Map<string, Member>((await membersOf(client, orgId)).map((member) => [member.id, member]));
  const kept = new Set<string>();
  for (const account of await accountsOf(client, tenantId, orgId)) {
    const { id } = account;
    if (isOurs(account, tenantId)) await orAbsent(client.users.del({ id }));
    else {
      const member = members.get(id);
      if (!member) continue;
      if (await keptBecause(client, member, tenantId)) kept.add(id);
      else await orAbsent(client.users.del({ id }));
    }
  }
  if (kept.size > 0) await assertKept(client, tenantId, orgId, kept);
}

async function keptBecause(
  client: KeycloakAdminClient,
  account: Member,
  tenantId: string,
): Promise<Because | undefined> {
  const { id, membershipType } = account;
  const owner = tenantOf(account);
  if (owner !== undefined) return owner === tenantId ? undefined : 'another-tenant';
  const own = dashName(tenantId);
  const organizations = await entriesOf(client.organizations.memberOrganizations({ userId: id }));
  if (organizations.some(({ name }) => name !== own)) return 'another-organization';
  const groups = await entriesOf(client.users.listGroups({ id }));
  if (groups.some(({ path = '' }) => path !== `/${own}` && !path.startsWith(`/${own}/`))) return 'rights-of-its-own';
  const { realmMappings = [], clientMappings = {} } = await client.users.listRoleMappings({ id });
  const given = realmMappings.some(({ name }) => !name?.startsWith('default-roles-'));
  if (given || Object.keys(clientMappings).length > 0) return 'rights-of-its-own';
  return membershipType === 'MANAGED' ? undefined : 'not-made-here';
}

async function assertKept(
  client: KeycloakAdminClient,
  tenantId: string,
  orgId: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  const members: Member[] = await membersOf(client, orgId);
  const managed = members.filter(({ id, membershipType }) => kept.has(id) && membershipType === 'MANAGED');
  if (managed.length === 0) return;
  throw failure(
    'ProviderRefused',
    `Keycloak would delete ${managed.length} accounts that others need together with organization ${dashName(tenantId)}, because they came through its identity provider. Give those people accounts of their own in the other organizations, delete these, and retry.`,
  );
}
