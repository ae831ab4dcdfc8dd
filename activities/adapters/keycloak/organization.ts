import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type OrganizationRepresentation from '@keycloak/keycloak-admin-client/lib/defs/organizationRepresentation';
import { dashName } from '../../../contract/ids';
import { fitUnits } from '../../../contract/text-length';
import type { ResourceKind } from '../../kind';
import { allPages, entriesOf, orAbsent, unlessExists } from './answers';
import { assertOurs, isOurs, MANAGED_QUERY, marks, TENANT_ATTRIBUTE, tenantOf } from './marks';
import type { Session } from './session';

/** UTF-16 code units of an organization's description that are sure to fit into Keycloak's database. */
const LONGEST_DESCRIPTION = 255;

/** What is known about the customer's organization. */
export interface OrganizationSpec {
  /** Shown to administrators only; the name stays the tenant's, so that two customers of the same name do not clash. */
  organizationName: string;
}

/**
 * A tenant's organization in the shared realm, name and alias `t-<tenantId>`, ours by attribute. Made by one atomic call. It gets no
 * e-mail domain: Keycloak would send whoever types an address of that domain to it, and nobody has proven to own one yet.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/organizations`.
 */
export function organizationKind(session: Session): ResourceKind<OrganizationSpec> {
  return {
    kind: 'idp-organization',
    provider: 'keycloak',
    global: true,
    name: dashName,

    find: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const organization = await findOrganization(client, name);
        if (!organization) return { state: 'absent' };
        return isOurs(organization, tenantId)
          ? { state: 'present', id: organization.id, facts: { organization: name } }
          : { state: 'foreign' };
      }),

    create: ({ name, tenantId, spec, signal }) =>
      session.run(signal, async (client) => {
        const existing = await findOrganization(client, name);
        if (!existing) {
          const made = await unlessExists(
            client.organizations.create({
              name,
              alias: name,
              description: fitUnits(spec.organizationName, LONGEST_DESCRIPTION),
              enabled: true,
              attributes: marks(tenantId),
            }),
          );
          if (made) return { id: made.id, facts: { organization: name } };
        }
        const found = existing ?? (await findOrganization(client, name));
        const organization = assertOurs(found, tenantId, `the organization ${name}`);
        return { id: organization.id, facts: { organization: name } };
      }),

    remove: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const organization = await findOrganization(client, name);
        if (!organization || !isOurs(organization, tenantId)) return;
        await removeMembers(client, tenantId);
        await orAbsent(client.organizations.delById({ id: organization.id }));
      }),

    async *list(_region, signal) {
      const all = await session.run(signal, (client) =>
        allPages((first, max) => client.organizations.find({ q: MANAGED_QUERY, first, max, ...fullRepresentation })),
      );
      for (const entry of all) {
        const tenantId = tenantOf(entry);
        if (tenantId && entry.id && isOurs(entry, tenantId)) yield { tenantId, name: entry.name!, id: entry.id };
      }
    },
  };
}

/** The organization of this exact name with its attributes, or undefined. */
export async function findOrganization(
  client: KeycloakAdminClient,
  name: string,
): Promise<(OrganizationRepresentation & { id: string }) | undefined> {
  // `search` with `exact` matches names and domains, so the name is compared once more.
  const found = await entriesOf(client.organizations.find({ search: name, exact: true, ...fullRepresentation }));
  const organization = found.find((entry) => entry.name === name);
  return organization?.id ? { ...organization, id: organization.id } : undefined;
}

// The server takes it, the client's types leave it out; without it attributes are missing.
const fullRepresentation = { briefRepresentation: false } as object;

/** Deletes the accounts marked as this tenant's: they are inside the organization. Others only lose their membership with it. */
async function removeMembers(client: KeycloakAdminClient, tenantId: string): Promise<void> {
  const users = await allPages((first, max) =>
    client.users.find({ q: `${TENANT_ATTRIBUTE}:${tenantId}`, first, max, briefRepresentation: false }),
  );
  for (const user of users) if (user.id && isOurs(user, tenantId)) await orAbsent(client.users.del({ id: user.id }));
}
