import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type UserRepresentation from '@keycloak/keycloak-admin-client/lib/defs/userRepresentation';
import { dashName } from '../../../contract/ids';
import { allPages, entriesOf } from '../answers';
import { CLOSED_ATTRIBUTE, closedBy, TENANT_ATTRIBUTE, tenantOf } from '../marks';

/** An account as Keycloak lists it, with its attributes. */
export type Account = UserRepresentation & { id: string };

/**
 * Every account that a change of a tenant's access may concern: the members of its organization, the accounts whose tokens name the tenant,
 * and those that were disabled with it, even if they have left the organization since.
 */
export async function accountsOf(
  client: KeycloakAdminClient,
  tenantId: string,
  orgId: string | undefined,
): Promise<Account[]> {
  const lists = await Promise.all([
    orgId === undefined ? [] : membersOf(client, orgId),
    accountsWith(client, TENANT_ATTRIBUTE, tenantId),
    closedAccounts(client, tenantId),
  ]);
  return [...new Map(lists.flat().map((account) => [account.id, account])).values()];
}

/** The accounts that were disabled with this tenant. */
export function closedAccounts(client: KeycloakAdminClient, tenantId: string): Promise<Account[]> {
  return accountsWith(client, CLOSED_ATTRIBUTE, tenantId);
}

/**
 * Whether an account signs in for this tenant alone, so that it is closed with it. An account of another tenant is a guest here, and so is
 * a member of another organization that is enabled: Keycloak leaves a disabled organization out of their tokens.
 */
export async function belongs(client: KeycloakAdminClient, account: Account, tenantId: string): Promise<boolean> {
  const owner = tenantOf(account);
  if (owner !== undefined) return owner === tenantId;
  const organizations = await entriesOf(client.organizations.memberOrganizations({ userId: account.id }));
  return !organizations.some(({ name, enabled }) => enabled && name !== dashName(tenantId));
}

/** Whether opening this tenant enables the account again: it was disabled with a tenant, and is no other tenant's. */
export function isReopened(account: Account, tenantId: string): boolean {
  return closedBy(account) !== undefined && (tenantOf(account) ?? tenantId) === tenantId;
}

/** The members of an organization, with their attributes. */
export async function membersOf(client: KeycloakAdminClient, orgId: string): Promise<Account[]> {
  // The server accepts `briefRepresentation` although the client's types lack it. Without it, answers have no attributes.
  const full = { briefRepresentation: false } as object;
  const members = await allPages((first, max) => client.organizations.listMembers({ orgId, first, max, ...full }));
  return members as Account[];
}

async function accountsWith(client: KeycloakAdminClient, attribute: string, value: string): Promise<Account[]> {
  const q = `${attribute}:${value}`;
  return (await allPages((first, max) =>
    client.users.find({ q, first, max, briefRepresentation: false }),
  )) as Account[];
}
