import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type OrganizationRepresentation from '@keycloak/keycloak-admin-client/lib/defs/organizationRepresentation';
import { dashName } from '../../contract/ids';
import { fitUnits } from '../../contract/text/text-length';
import type { ResourceKind } from '../port/kind';
import { closedAccounts } from './access/accounts';
import { reopenAccounts } from './access/closing';
import { allPages, entriesOf, orAbsent, unlessExists } from './answers';
import { countKeptAccounts, KEPT_ACCOUNTS, removeAccounts } from './access/member-removal';
import { assertOurs, isOurs, MANAGED_QUERY, marks, tenantOf } from './marks';
import type { Session } from './session';

/** UTF-16 code units of an organization's description that always fit into Keycloak's database. */
const LONGEST_DESCRIPTION = 255;

/** The customer's organization, as ordered. */
export interface OrganizationSpec {
  /**
   * Becomes the description, which only administrators see. The name comes from the tenant id, so equal names of customers do not clash.
   */
  organizationName: string;
}

/**
 * A tenant's organization in the shared realm. Name and alias are `t-<tenantId>`, attributes mark it as ours, and one atomic call creates
 * it. It gets no e-mail domain: Keycloak would route every user with an address in that domain to it, and no customer has proven ownership
 * yet.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/organizations`.
 */
export function organizationKind(session: Session): ResourceKind<OrganizationSpec> {
  return {
    kind: 'idp-organization',
    provider: 'keycloak',
    global: true,
    remakeable: true,
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

    keeps: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const organization = await findOrganization(client, name);
        if (!organization || !isOurs(organization, tenantId)) return undefined;
        return { [KEPT_ACCOUNTS]: await countKeptAccounts(client, tenantId, organization.id) };
      }),

    remove: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const organization = await findOrganization(client, name);
        if (!organization || !isOurs(organization, tenantId)) return;
        await removeAccounts(client, tenantId, organization.id);
        // Accounts that stay must not stay disabled because of a tenant that no longer exists.
        await reopenAccounts(client, tenantId, await closedAccounts(client, tenantId));
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

/** The organization with exactly this name, including its attributes, or undefined. */
export async function findOrganization(
  client: KeycloakAdminClient,
  name: string,
): Promise<(OrganizationRepresentation & { id: string }) | undefined> {
  // `search` with `exact` matches domains as well as names, so the name is compared again.
  const found = await entriesOf(client.organizations.find({ search: name, exact: true, ...fullRepresentation }));
  const organization = found.find((entry) => entry.name === name);
  return organization?.id ? { ...organization, id: organization.id } : undefined;
}

// The server accepts this parameter although the client's types lack it. Without it, answers have no attributes.
const fullRepresentation = { briefRepresentation: false } as object;
