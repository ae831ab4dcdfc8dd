import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { failure } from '../../port/failures';
import { entriesOf, orAbsent } from '../answers';

/**
 * Ends an account's sessions and offline sessions, so that none of its tokens can be refreshed, even once the account is enabled again.
 * Keycloak's logout alone does not do that: it leaves offline sessions, whose tokens it refuses only if they are older than the current
 * second, and not even then if their owner is a managed member of a disabled organization.
 */
export async function endSessions(client: KeycloakAdminClient, id: string): Promise<void> {
  await orAbsent(client.users.logout({ id }));
  for (const clientId of await clientsWithOfflineTokens(client, id)) {
    const sessions = (await orAbsent(entriesOf(client.users.listOfflineSessions({ id, clientId })))) ?? [];
    for (const { id: session } of sessions)
      await orAbsent(client.realms.deleteSession({ realm: client.realmName, session: session!, isOffline: true }));
  }
}

/** Ids of the clients that hold offline tokens of the account. Keycloak lists them among the consents, which the client's types do not say. */
async function clientsWithOfflineTokens(client: KeycloakAdminClient, id: string): Promise<string[]> {
  const consents: unknown = await orAbsent(client.users.listConsents({ id }));
  if (consents === undefined) return [];
  if (!Array.isArray(consents))
    throw failure('OutcomeUnknown', 'Keycloak answered with something other than the consents that were requested.');
  return (consents as Consent[])
    .flatMap(({ additionalGrants }) => additionalGrants ?? [])
    .flatMap(({ client: clientId, key }) => (key === 'Offline Token' && clientId !== undefined ? [clientId] : []));
}

interface Consent {
  additionalGrants?: { client?: string; key?: string }[];
}
