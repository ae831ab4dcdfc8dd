import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type ClientRepresentation from '@keycloak/keycloak-admin-client/lib/defs/clientRepresentation';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import { failure } from '../../port/failures';
import { entriesOf, orAbsent, unlessExists } from '../answers';
import { isShared, sharedMarks } from '../marks';
import { findOrganization } from '../organization';
import { APPLICATION_CLIENT, clientsOf, REALM_SETTINGS, RENAMING, TENANT_MAPPER, USER_PROFILE } from './realm-settings';
import { ensureSignInFlow } from './sign-in-flow';
import type { Session } from '../session';
import type { KeycloakSettings } from '../settings';

/** Time limit for each request of {@link prepareRealm}, in milliseconds: on a busy machine a realm takes seconds to create. */
const PREPARE_TIMEOUT_MS = 45_000;

/**
 * Creates or corrects what all tenants share: the realm, its user profile, its clients and the probe organization. Settings that
 * `realm-settings.ts` does not name stay as the operator has set them. It may be repeated, also by several workers at once, and only reads
 * if nothing needs to change. Throws `ResourceNotOurs` for a realm that this program did not make.
 */
export async function prepareRealm(session: Session, settings: KeycloakSettings, signal: AbortSignal): Promise<void> {
  await session.run(signal, (client) => ensureRealm(client, settings.realm, signal), PREPARE_TIMEOUT_MS);
  await session.run(
    signal,
    async (client) => {
      await ensureUserProfile(client);
      await ensureRenaming(client, settings.realm);
      await ensureSignInFlow(client);
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
    // A worker that loses the race is refused before the winner has committed – seconds before, on some databases – and its first read may
    // show the realm without its attributes.
    const deadline = Date.now() + PREPARE_TIMEOUT_MS;
    for (existing = await read(); !(existing && isShared(existing)) && Date.now() < deadline; existing = await read())
      await setTimeout(250, undefined, { signal });
  }
  if (!existing)
    throw failure('OutcomeUnknown', `Keycloak refused to create realm ${realm} as a duplicate, but does not show it.`);
  if (!isShared(existing))
    throw failure(
      'ResourceNotOurs',
      `Keycloak already has a realm ${realm} that this program did not make. Configure another name, or add the attributes ${JSON.stringify(firstOf(sharedMarks()))} to that realm.`,
    );
  if (!contains(existing, REALM_SETTINGS)) await client.realms.update({ realm }, REALM_SETTINGS);
}

/** Adds or corrects our attributes in the user profile; the operator's own stay. */
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

/** After the user profile: otherwise users could rename themselves in between. */
async function ensureRenaming(client: KeycloakAdminClient, realm: string): Promise<void> {
  const existing = await client.realms.findOne({ realm });
  if (existing && !contains(existing, RENAMING)) await client.realms.update({ realm }, RENAMING);
}

async function ensureClient(client: KeycloakAdminClient, wanted: ClientRepresentation): Promise<void> {
  const clientId = wanted.clientId!;
  let existing = await findClient(client, clientId);
  // Keycloak chooses the id. A fixed one would make two concurrent workers clash on it, which Keycloak answers with a bare 500.
  if (!existing && (await unlessExists(client.clients.create(wanted)))) return;
  existing ??= await findClient(client, clientId);
  if (!existing) throw failure('OutcomeUnknown', `Keycloak: client ${clientId} was created but is not listed yet.`);
  if (!contains(existing, wanted)) await client.clients.update({ id: existing.id }, { ...existing, ...wanted });
}

/** Makes the application's tokens name the tenant and, without being asked by scope, the organization. */
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
  if (!organization)
    throw failure('ProviderRefused', 'Keycloak has no client scope named organization. Restore it in the realm.');
  // Keycloak refuses to make a scope a default one while it is still optional.
  await orAbsent(client.clients.delOptionalClientScope({ id, clientScopeId: organization.id! }));
  await unlessExists(client.clients.addDefaultClientScope({ id, clientScopeId: organization.id! }));
}

/** Creates the probe organization, which verification tries to reach from a tenant. Its shared marks keep the sweeper from removing it. */
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

/** A client of the realm, with its id. Throws if `prepare` has not created it yet. */
export async function clientOf(
  client: KeycloakAdminClient,
  clientId: string,
): Promise<ClientRepresentation & { id: string }> {
  const found = await findClient(client, clientId);
  if (!found) throw failure('ProviderUnavailable', `Keycloak: client ${clientId} does not exist in the realm (yet).`);
  return found;
}

async function findClient(
  client: KeycloakAdminClient,
  clientId: string,
): Promise<(ClientRepresentation & { id: string }) | undefined> {
  const found = (await entriesOf(client.clients.find({ clientId }))).find((entry) => entry.clientId === clientId);
  return found?.id ? { ...found, id: found.id } : undefined;
}

/** Whether `existing` has every setting of `wanted`. Nested maps may have further keys. */
function contains(existing: object, wanted: object): boolean {
  return Object.entries(wanted).every(([key, value]) => {
    const current = (existing as Record<string, unknown>)[key];
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? typeof current === 'object' && current !== null && contains(current, value as object)
      : isDeepStrictEqual(current, value);
  });
}

// A realm's attributes have a single value; those of all other entities are lists.
function firstOf(attributes: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, values]) => [key, values[0]!]));
}
