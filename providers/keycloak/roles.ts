import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { RoleMappingPayload } from '@keycloak/keycloak-admin-client/lib/defs/roleRepresentation';
import { failure } from '../port/failures';
import { entriesOf, unlessExists } from './answers';
import { isShared, sharedMarks } from './marks';

/**
 * Returns the realm roles with these names and creates the missing ones. Roles are the application's vocabulary and shared by all tenants,
 * so they are never removed with one. A role that this program did not make could grant any right, so it is refused.
 */
export async function ensureRoles(
  client: KeycloakAdminClient,
  names: string[],
): Promise<Map<string, RoleMappingPayload>> {
  const wanted = new Set(names);
  const known = await rolesOf(client);
  const missing = [...wanted].filter((name) => !known.has(name));
  for (const name of missing)
    await unlessExists(
      client.roles.create({ name, description: 'A role of the application.', attributes: sharedMarks() }),
    );
  const roles = missing.length === 0 ? known : await rolesOf(client);
  const result = new Map<string, RoleMappingPayload>();
  for (const name of wanted) {
    const role = roles.get(name);
    if (!role) throw failure('OutcomeUnknown', `Keycloak: role ${name} was created but is not listed yet.`);
    if (!role.ours)
      throw failure(
        'ResourceNotOurs',
        `Keycloak already has a role ${name} that this program did not make. Use another role name in the template.`,
      );
    result.set(name, { id: role.id, name });
  }
  return result;
}

async function rolesOf(client: KeycloakAdminClient): Promise<Map<string, { id: string; ours: boolean }>> {
  const roles = await entriesOf(client.roles.find({ briefRepresentation: false }));
  return new Map(roles.map((role) => [role.name!, { id: role.id!, ours: isShared(role) }]));
}
