import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type GroupRepresentation from '@keycloak/keycloak-admin-client/lib/defs/groupRepresentation';
import { dashName } from '../../../contract/ids';
import type { Directory, Group, GroupDetails, GroupQuery } from '../../port/directory';
import { failure } from '../../port/failures';
import type { Account } from '../access/accounts';
import { allPages, entryOf, orAbsent, statusOf, unlessExists } from '../answers';
import { childrenOf, findTopGroup } from '../groups';
import { isOurs } from '../marks';
import { EXTERNAL_ID_ATTRIBUTE, isProvisionedFor, personOf } from './account';
import { changeMembers } from './membership';
import type { Run } from './run';

/** Name of the child of a tenant's top group that holds the groups of its directory. It is no slug, so no template can have a group of this name. */
export const DIRECTORY_GROUP = '_directory';

/** Most groups of a directory. They are listed as a whole, because Keycloak searches them by name only. */
const MOST_GROUPS = 1000;

/**
 * The groups of a tenant's directory, below `/t-<tenantId>/_directory`. They have no roles, so a customer's directory cannot grant rights by
 * naming a group like one of the plan's. They are removed together with the tenant's top group.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/groups`.
 */
export function directoryGroups(run: Run): Directory['groups'] {
  return {
    list: (call, query, { first, max }) =>
      run(call, async (client) => {
        const container = await findContainer(client, call.tenantId);
        const all = container ? await groupsIn(client, container) : [];
        const inGroups = query.member === undefined ? undefined : await groupIdsOf(client, call.tenantId, query.member);
        const found = all.map(groupOf).filter((group) => matches(group, query, inGroups));
        return { total: found.length, entries: found.slice(first, first + max) };
      }),

    read: (call, id) =>
      run(call, async (client) => {
        const found = await findGroup(client, call.tenantId, id);
        return found && groupOf(found);
      }),

    create: (call, details) =>
      run(call, async (client) => {
        const container = await ensureContainer(client, call.tenantId);
        if ((await groupsIn(client, container)).length >= MOST_GROUPS) return { outcome: 'full' };
        const made = await unlessExists(client.groups.createChildGroup({ id: container }, representationOf(details)));
        if (!made) return { outcome: 'name-in-use' };
        return { outcome: 'created', group: { ...details, id: made.id } };
      }),

    replace: (call, id, details) =>
      run(call, async (client) => {
        const existing = await findGroup(client, call.tenantId, id);
        if (!existing) return { outcome: 'absent' };
        try {
          await client.groups.update({ id }, representationOf(details, existing));
        } catch (error) {
          if (statusOf(error) === 409) return { outcome: 'name-in-use' };
          throw error;
        }
        return { outcome: 'replaced', group: { ...details, id } };
      }),

    remove: (call, id) =>
      run(call, async (client) => {
        if (!(await findGroup(client, call.tenantId, id))) return false;
        await orAbsent(client.groups.del({ id }));
        return true;
      }),

    members: (call, id) =>
      run(call, async (client) =>
        (await findGroup(client, call.tenantId, id))
          ? (await membersOf(client, call.tenantId, id)).map(personOf)
          : undefined,
      ),

    changeMembers: (call, id, change) =>
      run(call, async (client) =>
        (await findGroup(client, call.tenantId, id)) ? changeMembers(client, call.tenantId, id, change) : 'absent',
      ),
  };
}

async function findContainer(client: KeycloakAdminClient, tenantId: string): Promise<string | undefined> {
  const path = `${dashName(tenantId)}/${DIRECTORY_GROUP}`;
  return (await entryOf(client.realms.getGroupByPath({ realm: client.realmName, path })))?.id;
}

async function ensureContainer(client: KeycloakAdminClient, tenantId: string): Promise<string> {
  const existing = await findContainer(client, tenantId);
  if (existing !== undefined) return existing;
  const name = dashName(tenantId);
  const top = await findTopGroup(client, name);
  if (!top || !isOurs(top, tenantId))
    throw failure('ProviderUnavailable', `Keycloak: group /${name} does not exist (yet).`);
  const made = await unlessExists(client.groups.createChildGroup({ id: top.id }, { name: DIRECTORY_GROUP }));
  const id = made?.id ?? (await findContainer(client, tenantId));
  if (id !== undefined) return id;
  throw failure('OutcomeUnknown', `Keycloak: group /${name}/${DIRECTORY_GROUP} was created but is not listed yet.`);
}

async function groupsIn(client: KeycloakAdminClient, container: string): Promise<GroupRepresentation[]> {
  return [...(await childrenOf(client, container)).values()];
}

/** The group with this id, if it is directly below the tenant's container. */
async function findGroup(
  client: KeycloakAdminClient,
  tenantId: string,
  id: string,
): Promise<GroupRepresentation | undefined> {
  const container = await findContainer(client, tenantId);
  if (container === undefined) return undefined;
  const found = await entryOf(client.groups.findOne({ id }, { catchNotFound: false }) as Promise<GroupRepresentation>);
  return found?.parentId === container ? found : undefined;
}

async function membersOf(client: KeycloakAdminClient, tenantId: string, id: string): Promise<Account[]> {
  const members = await allPages((first, max) =>
    client.groups.listMembers({ id, first, max, briefRepresentation: false }),
  );
  return (members as Account[]).filter((account) => isProvisionedFor(account, tenantId));
}

async function groupIdsOf(client: KeycloakAdminClient, tenantId: string, personId: string): Promise<Set<string>> {
  const account = await entryOf(client.users.findOne({ id: personId }, { catchNotFound: false }) as Promise<Account>);
  if (!account || !isProvisionedFor(account, tenantId)) return new Set();
  const groups = await allPages((first, max) => client.users.listGroups({ id: personId, first, max }));
  return new Set(groups.map(({ id }) => id!));
}

function matches(
  group: Group,
  { id, displayName, externalId }: GroupQuery,
  inGroups: ReadonlySet<string> | undefined,
): boolean {
  return (
    (id === undefined || group.id === id) &&
    (displayName === undefined || group.displayName.toLowerCase() === displayName.toLowerCase()) &&
    (externalId === undefined || group.externalId === externalId) &&
    (inGroups === undefined || inGroups.has(group.id))
  );
}

function groupOf({ id, name, attributes }: GroupRepresentation): Group {
  const externalId = (attributes as Record<string, string[]> | undefined)?.[EXTERNAL_ID_ATTRIBUTE]?.[0];
  return { id: id!, displayName: name ?? '', externalId };
}

function representationOf(
  { displayName, externalId }: GroupDetails,
  existing?: GroupRepresentation,
): GroupRepresentation {
  return {
    name: displayName,
    attributes: {
      ...(existing?.attributes as Record<string, string[]> | undefined),
      [EXTERNAL_ID_ATTRIBUTE]: externalId === undefined ? [] : [externalId],
    },
  };
}
