import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { UserProfileConfig } from '@keycloak/keycloak-admin-client/lib/defs/userProfileMetadata';
import { failure } from '../../port/failures';
import { orAbsent, statusOf } from '../answers';
import { CLOSED_ATTRIBUTE } from '../marks';
import { accountsOf, belongs, isReopened, type Account } from './accounts';
import { endSessions } from './sessions';

/** Accounts that are changed at the same time. */
const AT_ONCE = 8;

/**
 * Disables the accounts that sign in for this tenant alone, and ends their sessions, including those of offline tokens. An account that is
 * disabled already stays as it is. The others get a mark in the same request, by which {@link reopenAccounts} knows them.
 */
export async function closeAccounts(
  client: KeycloakAdminClient,
  tenantId: string,
  orgId: string | undefined,
): Promise<void> {
  await forEach(await accountsOf(client, tenantId, orgId), async (account) => {
    if (!(await belongs(client, account, tenantId))) return;
    if (account.enabled) await change(client, account, false, { [CLOSED_ATTRIBUTE]: [tenantId] });
    await endSessions(client, account.id);
  });
}

/** Enables the accounts that {@link closeAccounts} has disabled, and no others. */
export async function reopenAccounts(
  client: KeycloakAdminClient,
  tenantId: string,
  accounts: readonly Account[],
): Promise<void> {
  const closed = accounts.filter((account) => isReopened(account, tenantId));
  await forEach(closed, (account) => change(client, account, true, { [CLOSED_ATTRIBUTE]: [] }));
}

/**
 * Throws `ProviderUnavailable` unless the realm keeps the mark of {@link closeAccounts}. Keycloak silently drops an attribute that the user
 * profile lacks, and the accounts would never be enabled again.
 */
export async function assertMarkKept(client: KeycloakAdminClient): Promise<void> {
  const profile: unknown = await client.users.getProfile();
  const { attributes } = (profile ?? {}) as UserProfileConfig;
  if (!Array.isArray(attributes))
    throw failure('OutcomeUnknown', 'Keycloak answered with something other than the user profile that was requested.');
  if (!attributes.some(({ name }) => name === CLOSED_ATTRIBUTE))
    throw failure(
      'ProviderUnavailable',
      `Keycloak’s user profile has no attribute ${CLOSED_ATTRIBUTE} (yet). A worker adds it when it starts.`,
    );
}

async function change(
  client: KeycloakAdminClient,
  { id, username, email, firstName, lastName, attributes }: Account,
  enabled: boolean,
  marks: Record<string, string[]>,
): Promise<void> {
  // Keycloak removes whatever part of the profile a request with attributes lacks; anything else it leaves as it is.
  const profile = { username, email, firstName, lastName, attributes: { ...attributes, ...marks } };
  await orAbsent(client.users.update({ id }, { ...profile, enabled } as Account));
}

/** Does `work` for all. One account that Keycloak refuses to change does not hold up the others; the first refusal is thrown at the end. */
async function forEach(accounts: readonly Account[], work: (account: Account) => Promise<void>): Promise<void> {
  const left = [...accounts];
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let account = left.shift(); account !== undefined; account = left.shift())
      await work(account).catch((error: unknown) => {
        errors.push(error);
        if (statusOf(error) !== 400) left.length = 0;
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
}
