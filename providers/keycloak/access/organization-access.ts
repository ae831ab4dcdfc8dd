import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { ResourceKind } from '../../port/kind';
import { mixedAccess } from '../../port/mixed-access';
import { adminUsername } from '../admin-user';
import { triedAccount } from '../passwords/direct-grant';
import { isOurs, tenantOf } from '../marks';
import { oneAtATime } from '../one-at-a-time';
import { findOrganization } from '../organization';
import { REFUSED, tryPassword } from '../passwords/passwords';
import type { Session } from '../session';
import type { KeycloakSettings } from '../settings';
import { newTemporaryPassword } from '../passwords/temporary-password';
import { accountsOf, belongs, isReopened, type Account } from './accounts';
import { assertMarkKept, closeAccounts, reopenAccounts } from './closing';

/** Keycloak's answer to the right password of a disabled account. */
const DISABLED = 'Account disabled';

/**
 * Access to a tenant's organization: who may sign in. Reading takes a login, so `read-only` means `open`.
 *
 * Closing disables the organization, but Keycloak then refuses only its managed members, those who came through its own identity provider.
 * All others could still sign in, and sessions would go on, so their accounts are disabled and their sessions ended. Opening enables exactly
 * those accounts again, and their owners must sign in again. Guests – accounts of other tenants, or of another organization – may always sign in; their
 * tokens do not name a closed organization.
 */
export function organizationAccess(
  session: Session,
  settings: KeycloakSettings,
): Required<Pick<ResourceKind, 'update' | 'access' | 'readOnlyMeans'>> {
  return {
    readOnlyMeans: 'open',

    update: ({ name, tenantId, signal }, { access }) =>
      session.run(signal, async (client) => {
        const enabled = access !== 'closed';
        if (!enabled) await assertMarkKept(client);
        const organization = await ownOrganization(client, name, tenantId);
        // First: Keycloak shows the managed members of a disabled organization as disabled, and refuses to change their accounts.
        if (organization && organization.enabled !== enabled)
          await client.organizations.updateById({ id: organization.id }, { ...organization, enabled });
        if (!enabled) return closeAccounts(client, tenantId, organization?.id);
        await reopenAccounts(client, tenantId, await accountsOf(client, tenantId, organization?.id));
      }),

    access: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const organization = await ownOrganization(client, name, tenantId);
        const enabled = organization?.enabled === true;
        const accounts = await accountsOf(client, tenantId, organization?.id);
        const unlike = await accountsUnlike(client, accounts, tenantId, enabled);
        if (unlike > 0)
          throw undecided(name, enabled, `${unlike} of its accounts ${enabled ? 'are closed' : 'are not'}`);
        const tried = accountToTry(accounts, tenantId, enabled);
        if (tried && (await isLoginChecked(client, settings, tried, signal)) !== enabled)
          throw undecided(name, enabled, `a login was ${enabled ? 'refused as for a closed account' : 'not refused'}`);
        return enabled ? 'open' : 'closed';
      }),
  };
}

function undecided(name: string, enabled: boolean, but: string): Error {
  const state = enabled ? 'open' : 'closed';
  return mixedAccess(`Keycloak: organization ${name} is ${state}, but ${but}.`);
}

async function ownOrganization(client: KeycloakAdminClient, name: string, tenantId: string) {
  const organization = await findOrganization(client, name);
  return organization && isOurs(organization, tenantId) ? organization : undefined;
}

/** Number of accounts that a change of the access which is not finished has left behind. */
async function accountsUnlike(
  client: KeycloakAdminClient,
  accounts: readonly Account[],
  tenantId: string,
  enabled: boolean,
): Promise<number> {
  if (enabled) return accounts.filter((account) => isReopened(account, tenantId)).length;
  let open = 0;
  for (const account of accounts) if (account.enabled && (await belongs(client, account, tenantId))) open += 1;
  return open;
}

/** The first admin's account, or else any other that is as the organization is. */
function accountToTry(accounts: readonly Account[], tenantId: string, enabled: boolean): Account | undefined {
  const alike = accounts.filter((each) => each.enabled === enabled && (tenantOf(each) ?? tenantId) === tenantId);
  return alike.find(({ username }) => username === adminUsername(tenantId)) ?? alike[0];
}

/**
 * Whether Keycloak treats a login as one of an enabled account. Only the owner knows the password, but a wrong one is refused and counted if
 * the account is enabled, and refused and not counted if it is disabled.
 */
function isLoginChecked(
  client: KeycloakAdminClient,
  settings: KeycloakSettings,
  { id, enabled, username = '' }: Account,
  signal: AbortSignal,
): Promise<boolean> {
  return oneAtATime(`keycloak-logins/${id}`, async () => {
    const account = await triedAccount(client, settings, { id, username }, signal);
    const password = newTemporaryPassword(0);
    if (enabled) await tryPassword(account, password, 1, signal);
    else {
      await account.forgive();
      const answer = await account.login(password);
      if (answer === DISABLED || (answer === REFUSED && (await account.countedFailures()) === 0)) return false;
    }
    // Our failed attempt must not count against the owner's next login.
    await account.forgive();
    return true;
  });
}
