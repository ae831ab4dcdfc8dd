import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type GroupRepresentation from '@keycloak/keycloak-admin-client/lib/defs/groupRepresentation';
import type { RoleMappingPayload } from '@keycloak/keycloak-admin-client/lib/defs/roleRepresentation';
import { dashName } from '../../contract/ids';
import { failure } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { allPages, entriesOf, entryOf, isDatabaseClash, orAbsent, unlessExists } from './answers';
import { assertOurs, isOurs, MANAGED_QUERY, marks, tenantOf } from './marks';
import { ensureRoles } from './roles';
import type { Session } from './session';

/** A tenant's groups and the roles of their members, from the plan's template. */
export interface GroupsSpec {
  groups: { name: string; roles: string[] }[];
}

/**
 * A tenant's group tree: the top group `/t-<tenantId>`, marked as ours by attributes, with one child per group of the template, which
 * carries that group's roles. It is made from the top down, so everything that a crash leaves behind sits below a marked group.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/groups`.
 */
export function groupsKind(session: Session): ResourceKind<GroupsSpec> {
  return {
    kind: 'idp-groups',
    provider: 'keycloak',
    global: true,
    remakeable: true,
    name: dashName,

    find: ({ name, tenantId, spec, signal }) =>
      session.run(signal, async (client) => {
        const top = await findTopGroup(client, name);
        if (!top) return { state: 'absent' };
        if (!isOurs(top, tenantId)) return { state: 'foreign' };
        const children = spec ? await childrenOf(client, top.id) : new Map<string, GroupRepresentation>();
        const complete = (spec?.groups ?? []).every(({ name: childName, roles }) => {
          const child = children.get(childName);
          return child && roles.every((role) => child.realmRoles?.includes(role));
        });
        return { state: complete ? 'present' : 'partial', id: top.id, facts: { group: `/${name}` } };
      }),

    create: ({ name, tenantId, spec, signal }) =>
      session.run(signal, async (client) => {
        const id = await ensureTopGroup(client, name, tenantId);
        await ensureChildren(client, id, spec.groups);
        return { id, facts: { group: `/${name}` } };
      }),

    remove: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const top = await findTopGroup(client, name);
        // Keycloak deletes children and memberships together with the top group.
        if (top && isOurs(top, tenantId)) await orAbsent(client.groups.del({ id: top.id }));
      }),

    async *list(_region, signal) {
      const all = await session.run(signal, (client) =>
        allPages((first, max) =>
          client.groups.find({ q: MANAGED_QUERY, first, max, briefRepresentation: false, populateHierarchy: false }),
        ),
      );
      for (const entry of all) {
        const tenantId = tenantOf(entry);
        if (tenantId && isOurs(entry, tenantId)) yield { tenantId, name: entry.name!, id: entry.id! };
      }
    },
  };
}

/** A tenant's top group, including its attributes, or undefined. */
export async function findTopGroup(
  client: KeycloakAdminClient,
  name: string,
): Promise<(GroupRepresentation & { id: string }) | undefined> {
  return entryOf(client.realms.getGroupByPath({ realm: client.realmName, path: name }));
}

/** The direct children of a group by name, including their roles. */
export async function childrenOf(
  client: KeycloakAdminClient,
  parentId: string,
): Promise<Map<string, GroupRepresentation>> {
  const children = await allPages((first, max) =>
    client.groups.listSubGroups({ parentId, first, max, briefRepresentation: false }),
  );
  return new Map(children.map((child) => [child.name!, child]));
}

async function ensureTopGroup(client: KeycloakAdminClient, name: string, tenantId: string): Promise<string> {
  const existing = await findTopGroup(client, name);
  if (!existing) {
    const made = await unlessExists(client.groups.create({ name, attributes: marks(tenantId) }));
    if (made) return made.id;
  }
  return assertOurs(existing ?? (await findTopGroup(client, name)), tenantId, `the group /${name}`).id;
}

async function ensureChildren(
  client: KeycloakAdminClient,
  parentId: string,
  wanted: GroupsSpec['groups'],
): Promise<void> {
  const allRoles = await ensureRoles(
    client,
    wanted.flatMap((group) => group.roles),
  );
  const children = await childrenOf(client, parentId);
  for (const group of wanted) {
    const child = children.get(group.name);
    const made = child
      ? undefined
      : await unlessExists(client.groups.createChildGroup({ id: parentId }, { name: group.name }));
    const id = child?.id ?? made?.id ?? (await childrenOf(client, parentId)).get(group.name)?.id;
    if (!id) throw failure('OutcomeUnknown', `Keycloak: group ${group.name} was created but is not listed yet.`);
    const roles = group.roles.filter((role) => !child?.realmRoles?.includes(role)).map((role) => allRoles.get(role)!);
    if (roles.length > 0) await giveRoles(client, id, roles);
  }
}

/** Gives a group roles. A concurrent request may be giving it the same roles: losing that race is fine if the group has them afterwards. */
async function giveRoles(client: KeycloakAdminClient, id: string, roles: RoleMappingPayload[]): Promise<void> {
  try {
    await client.groups.addRealmRoleMappings({ id, roles });
  } catch (error) {
    if (!isDatabaseClash(error)) throw error;
    const given = new Set((await entriesOf(client.groups.listRealmRoleMappings({ id }))).map((role) => role.id));
    if (!roles.every((role) => given.has(role.id))) throw error;
  }
}
