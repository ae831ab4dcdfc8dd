import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type ClientRepresentation from '@keycloak/keycloak-admin-client/lib/defs/clientRepresentation';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import { failure } from '../../failures';
import { entriesOf, orAbsent, unlessExists } from './answers';
import { isShared, sharedMarks } from './marks';
import { findOrganization } from './organization';
import { APPLICATION_CLIENT, clientsOf, REALM_SETTINGS, TENANT_MAPPER, USER_PROFILE } from './realm-settings';
import type { Session } from './session';
import type { KeycloakSettings } from './settings';

/** Milliseconds a request of {@link prepareRealm} may take: a realm takes seconds to make on a busy machine. */
const PREPARE_TIMEOUT_MS = 45_000;

/**
 * Makes and corrects what all tenants share: the realm, its user profile, its clients, the probe organization. Settings not named in
 * `realm-settings.ts` are left as the operator has them. Safe to repeat, and for several workers at once; with nothing to do it only
 * reads. Throws `ResourceNotOurs` for a realm this program did not make.
 */
export async function prepareRealm(session: Session, settings: KeycloakSettings, signal: AbortSignal): Promise<void> {
  await session.run(signal, (client) => ensureRealm(client, settings.realm, signal), PREPARE_TIMEOUT_MS);
  await session.run(
    signal,
    async (client) => {
      await ensureUserProfile(client);
      for (const wanted of clientsOf(settings)) await ensureClient(client, wanted);
      await ensureApplicationClaims(client);
      await ensureProbe(client);
    },
    PREPARE_TIMEOUT_MS,
  );
}

async function ensureRealm(client: KeycloakAdminClient, realm: string, signal: AbortSignal): Promise<void> {
  const read = () => orAbsent(client.realms.findOne({ realm }));
  let existing = await read();
  if (!existing) {
    await unlessExists(
      client.realms.create({ realm, displayName: realm, ...REALM_SETTINGS, attributes: firstOf(sharedMarks()) }),
    );
    // The loser of the race hears of it before the winner has committed, on some databases seconds before; and what it reads first may
    // be the realm without its attributes.
    const deadline = Date.now() + PREPARE_TIMEOUT_MS;
    for (existing = await read(); !(existing && isShared(existing)) && Date.now() < deadline; existing = await read())
      await setTimeout(250, undefined, { signal });
  }
  if (!existing) throw failure('OutcomeUnknown', `Keycloak would not make the realm ${realm}, and has none either.`);
  if (!isShared(existing))
    throw failure(
      'ResourceNotOurs',
      `Keycloak has a realm ${realm} that this program did not make. Name another one, or give it the attributes ${JSON.stringify(firstOf(sharedMarks()))}.`,
    );
  if (!contains(existing, REALM_SETTINGS)) await client.realms.update({ realm }, REALM_SETTINGS);
}

/** Adds and corrects our attributes; the operator's own stay. */
async function ensureUserProfile(client: KeycloakAdminClient): Promise<void> {
  const profile = await client.users.getProfile();
  const existing = profile.attributes ?? [];
  const isWrong = (name: string | undefined) => {
    const wanted = USER_PROFILE.find((entry) => entry.name === name);
    return (
      wanted &&
      !isDeepStrictEqual(
        existing.find((entry) => entry.name === name),
        wanted,
      )
    );
  };
  const wrong = USER_PROFILE.filter((entry) => isWrong(entry.name));
  if (wrong.length === 0) return;
  const kept = existing.filter((entry) => !isWrong(entry.name));
  await client.users.updateProfile({ ...profile, attributes: [...kept, ...wrong] });
}

async function ensureClient(client: KeycloakAdminClient, wanted: ClientRepresentation): Promise<void> {
  const clientId = wanted.clientId!;
  let existing = await findClient(client, clientId);
  // A random id: with one chosen here, two workers making the client at once would clash on it with a bare 500.
  if (!existing && (await unlessExists(client.clients.create(wanted)))) return;
  existing ??= await findClient(client, clientId);
  if (!existing) throw failure('OutcomeUnknown', `Keycloak: the client ${clientId} was made and is not listed yet.`);
  if (!contains(existing, wanted)) await client.clients.update({ id: existing.id }, { ...existing, ...wanted });
}

/** Tokens of the application name the tenant and, without being asked, the organization. */
async function ensureApplicationClaims(client: KeycloakAdminClient): Promise<void> {
  const { id } = await clientOf(client, APPLICATION_CLIENT);
  const [mappers, scopes] = await Promise.all([
    entriesOf(client.clients.listProtocolMappers({ id })),
    entriesOf(client.clients.listDefaultClientScopes({ id })),
  ]);
  if (!mappers.some((entry) => entry.name === TENANT_MAPPER.name))
    await unlessExists(client.clients.addProtocolMapper({ id }, TENANT_MAPPER));
  if (scopes.some((entry) => entry.name === 'organization')) return;
  const organization = (await entriesOf(client.clientScopes.find())).find((entry) => entry.name === 'organization');
  if (!organization) throw failure('ProviderRefused', 'Keycloak has no client scope organization; restore it.');
  // An optional scope cannot become a default one while it is optional.
  await orAbsent(client.clients.delOptionalClientScope({ id, clientScopeId: organization.id! }));
  await unlessExists(client.clients.addDefaultClientScope({ id, clientScopeId: organization.id! }));
}

/** The organization verification looks across the fence at; of the probe tenant, but shared, so never swept. */
async function ensureProbe(client: KeycloakAdminClient): Promise<void> {
  const name = dashName(PROBE_TENANT_ID);
  if (await findOrganization(client, name)) return;
  await unlessExists(
    client.organizations.create({
      name,
      alias: name,
      description: 'Probe of the tenant provisioner: permanent, has no members.',
      enabled: true,
      attributes: sharedMarks(),
    }),
  );
}

/** A client of the realm with its id. Throws where `prepare` has not run. */
export async function clientOf(
  client: KeycloakAdminClient,
  clientId: string,
): Promise<ClientRepresentation & { id: string }> {
  const found = await findClient(client, clientId);
  if (!found) throw failure('ProviderUnavailable', `Keycloak: the realm has no client ${clientId} (yet).`);
  return found;
}

async function findClient(
  client: KeycloakAdminClient,
  clientId: string,
): Promise<(ClientRepresentation & { id: string }) | undefined> {
  const found = (await entriesOf(client.clients.find({ clientId }))).find((entry) => entry.clientId === clientId);
  return found?.id ? { ...found, id: found.id } : undefined;
}

/** Whether every setting wanted is there; maps are compared by the keys wanted. */
function contains(existing: object, wanted: object): boolean {
  return Object.entries(wanted).every(([key, value]) => {
    const current = (existing as Record<string, unknown>)[key];
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? typeof current === 'object' && current !== null && contains(current, value as object)
      : isDeepStrictEqual(current, value);
  });
}

// Realms have single-valued attributes where everything else has lists.
function firstOf(attributes: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, values]) => [key, values[0]!]));
}
