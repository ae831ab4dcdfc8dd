import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { dashName } from '../../../contract/ids';
import type { Directory, DirectoryCall, PeopleQuery, PersonDetails, Window } from '../../port/directory';
import { failure } from '../../port/failures';
import type { Account } from '../access/accounts';
import { endSessions } from '../access/sessions';
import { findUser } from '../admin-user';
import { entriesOf, entryOf, orAbsent, statusOf, unlessExists } from '../answers';
import { DIRECTORY_ATTRIBUTE, isOurs } from '../marks';
import { findOrganization } from '../organization';
import { accountName, accountOf, EXTERNAL_ID_ATTRIBUTE, isProvisionedFor, personOf } from './account';
import type { Run } from './run';

/** Most accounts with one external id that are looked at. */
const MOST_ALIKE = 100;

/**
 * The people of a tenant's directory: accounts that carry the tenant's marks and are members of its organization.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/users` and `…/organizations/{id}/members`.
 */
export function directoryPeople(run: Run): Directory['people'] {
  return {
    list: (call, query, { first, max }) =>
      run(call, async (client) => {
        if (query.id !== undefined || query.userName !== undefined) {
          const account = await findOne(client, call.tenantId, query);
          const entries = account ? [personOf(account)] : [];
          return { total: entries.length, entries: entries.slice(first, first + max) };
        }
        const q = queryOf(call.tenantId, query);
        if (query.externalId !== undefined) {
          // Few have the same external id, and Keycloak's search for it is broader than equality.
          const same = (await page(client, q, { first: 0, max: MOST_ALIKE })).filter((account) =>
            matches(account, call.tenantId, query),
          );
          return { total: same.length, entries: same.slice(first, first + max).map(personOf) };
        }
        const entries = max === 0 ? [] : await page(client, q, { first, max });
        return { total: await countOf(client, q), entries: entries.map(personOf) };
      }),

    read: (call, id) =>
      run(call, async (client) => {
        const account = await findProvisioned(client, call.tenantId, id);
        return account && personOf(account);
      }),

    create: (call, details, plan) =>
      run(call, async (client) => {
        const { tenantId } = call;
        const orgId = await organizationOf(client, tenantId);
        const existing = await findUser(client, accountName(tenantId, details.userName));
        if (existing) {
          // An earlier request may have ended between the account and its membership.
          if (isProvisionedFor(existing, tenantId)) await join(client, orgId, existing.id);
          return { outcome: 'name-in-use' };
        }
        if ((await countOf(client, queryOf(tenantId, {}))) >= plan.maxUsers) return { outcome: 'full' };
        const groups = plan.groups.map((group) => `/${dashName(tenantId)}/${group}`);
        const made = await unlessExists(client.users.create({ ...accountOf(tenantId, details), groups }));
        if (!made) return { outcome: 'name-in-use' };
        await join(client, orgId, made.id);
        return { outcome: 'created', person: personOf(await readBack(client, tenantId, made.id)) };
      }),

    replace: (call, id, details) =>
      run(call, async (client) => {
        const existing = await findProvisioned(client, call.tenantId, id);
        if (!existing) return { outcome: 'absent' };
        if (!(await change(client, call, existing, details))) return { outcome: 'name-in-use' };
        if (!details.active) await endSessions(client, id);
        return { outcome: 'replaced', person: personOf(await readBack(client, call.tenantId, id)) };
      }),

    remove: (call, id) =>
      run(call, async (client) => {
        if (!(await findProvisioned(client, call.tenantId, id))) return false;
        // Keycloak deletes memberships, sessions and credentials together with the account.
        await orAbsent(client.users.del({ id }));
        return true;
      }),
  };
}

/** The account with this id, if it was provisioned for the tenant. */
export async function findProvisioned(
  client: KeycloakAdminClient,
  tenantId: string,
  id: string,
): Promise<Account | undefined> {
  // By default the client takes every 404 for an absent account, even that of a proxy.
  const account = await entryOf(client.users.findOne({ id }, { catchNotFound: false }) as Promise<Account>);
  return account && isProvisionedFor(account, tenantId) ? account : undefined;
}

async function page(client: KeycloakAdminClient, q: string, window: Window): Promise<Account[]> {
  return (await entriesOf(client.users.find({ q, ...window, briefRepresentation: false }))) as Account[];
}

async function findOne(
  client: KeycloakAdminClient,
  tenantId: string,
  query: PeopleQuery,
): Promise<Account | undefined> {
  const account =
    query.id === undefined
      ? await findUser(client, accountName(tenantId, query.userName!))
      : await findProvisioned(client, tenantId, query.id);
  return account && matches(account, tenantId, query) ? account : undefined;
}

/** Compares again what Keycloak has found, because its search is broader than equality. */
function matches(account: Account, tenantId: string, { id, userName, externalId }: PeopleQuery): boolean {
  return (
    isProvisionedFor(account, tenantId) &&
    (id === undefined || account.id === id) &&
    (userName === undefined || account.username === accountName(tenantId, userName)) &&
    (externalId === undefined || personOf(account).externalId === externalId)
  );
}

function queryOf(tenantId: string, { externalId }: PeopleQuery): string {
  const own = `${DIRECTORY_ATTRIBUTE}:${tenantId}`;
  return externalId === undefined ? own : `${own} ${EXTERNAL_ID_ATTRIBUTE}:"${externalId}"`;
}

async function countOf(client: KeycloakAdminClient, q: string): Promise<number> {
  const count: unknown = await client.users.count({ q });
  if (typeof count === 'number') return count;
  throw failure('OutcomeUnknown', 'Keycloak answered with something other than the count that was requested.');
}

async function organizationOf(client: KeycloakAdminClient, tenantId: string): Promise<string> {
  const name = dashName(tenantId);
  const organization = await findOrganization(client, name);
  if (organization && isOurs(organization, tenantId)) return organization.id;
  throw failure('ProviderUnavailable', `Keycloak: organization ${name} does not exist (yet).`);
}

async function join(client: KeycloakAdminClient, orgId: string, userId: string): Promise<void> {
  await unlessExists(client.organizations.addMember({ orgId, userId }));
}

/** False if another account has the name. */
async function change(
  client: KeycloakAdminClient,
  { tenantId }: DirectoryCall,
  existing: Account,
  details: PersonDetails,
): Promise<boolean> {
  try {
    await client.users.update({ id: existing.id }, accountOf(tenantId, details, existing));
    return true;
  } catch (error) {
    // E-mail addresses may occur twice in the realm, so the name is all that can clash.
    if (statusOf(error) === 409) return false;
    throw error;
  }
}

/** The account as Keycloak has stored it. Throws if it has dropped our attributes, because then the account would be lost to its tenant. */
async function readBack(client: KeycloakAdminClient, tenantId: string, id: string): Promise<Account> {
  const account = await findProvisioned(client, tenantId, id);
  if (account) return account;
  throw failure(
    'ProviderUnavailable',
    `Keycloak’s user profile lacks the attribute ${DIRECTORY_ATTRIBUTE} (yet), or the account was removed meanwhile. A worker adds the attribute when it starts.`,
  );
}
