import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { dashName } from '../../../contract/ids';
import { SSO_KIND, type SsoConnection } from '../../../contract/identity/sso';
import type { Settings } from '../../../contract/tenants/access';
import { failure } from '../../port/failures';
import type { ResourceContext, ResourceKind } from '../../port/kind';
import { orAbsent, unlessExists } from '../answers';
import { assertOurs, isOurs, tenantOf } from '../marks';
import { findOrganization } from '../organization';
import type { Session } from '../session';
import { hasMappers, mappersOf, setMappers } from './mappers';
import { accessOf, closedProvider, connectedProvider, emptyProvider, isAsWanted, type Shown } from './representation';

/** Which connection is wanted: the id of the operation under which it is sealed; absent where only existence matters. */
export interface SsoSpec {
  sso?: string | undefined;
}

/** Identity providers in one answer. */
const PAGE = 100;

/**
 * A tenant's single sign-on: the customer's own identity provider, linked to the tenant's organization, which has the customer's domains. It
 * is made empty and disabled; the settings `sso` name the connection it has, which is one of the resource's secrets.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/identity-provider/instances` and `…/organizations/{id}/identity-providers`.
 */
export function ssoKind(session: Session): ResourceKind<SsoSpec> {
  return {
    kind: SSO_KIND,
    provider: 'keycloak',
    global: true,
    name: dashName,
    readOnlyMeans: 'open',

    find: (context) =>
      session.run(context.signal, async (client) => {
        const shown = await findProvider(client, context.name);
        if (!shown) return { state: 'absent' };
        if (!ours(shown, context.tenantId)) return { state: 'foreign' };
        const complete = shown.organizationId !== undefined && (await hasConnection(client, shown, context));
        return { state: complete ? 'present' : 'partial', id: shown.alias, facts: { identityProvider: shown.alias } };
      }),

    specOf: ({ sso }): SsoSpec => ({ sso: sso ?? undefined }),

    create: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const orgId = (await organizationOf(client, tenantId)).id;
        let shown = await findProvider(client, name);
        if (!shown) {
          await unlessExists(client.identityProviders.create(emptyProvider(name, tenantId, 'open')));
          shown = await findProvider(client, name);
        }
        assertOurs(shown && { attributes: shown.config }, tenantId, `the identity provider ${name}`);
        await link(client, orgId, shown!);
        return { id: name, facts: { identityProvider: name } };
      }),

    update: (context, settings) =>
      session.run(context.signal, async (client) => {
        const { name, tenantId } = context;
        const shown = await findProvider(client, name);
        if (shown && !ours(shown, tenantId)) return;
        // Closing needs no secret: the tenant's key may be destroyed by then.
        if (settings.access === 'closed') return close(client, shown);
        const connection = await connectionOf(context, settings.sso);
        if (connection) await connect(client, name, shown, { tenantId, settings, connection });
        else if (shown) await disconnect(client, shown, { tenantId, settings });
      }),

    access: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const shown = await findProvider(client, name);
        return shown && ours(shown, tenantId) ? accessOf(shown) : 'closed';
      }),

    remove: ({ name, tenantId, signal }) =>
      session.run(signal, async (client) => {
        const shown = await findProvider(client, name);
        // Keycloak deletes mappers and links of accounts together with it; the accounts stay, and go with the organization.
        if (shown && ours(shown, tenantId)) await orAbsent(client.identityProviders.del({ alias: name }));
      }),

    async *list(_region, signal) {
      for (let first = 0; ; first += PAGE) {
        const page = await session.run(signal, (client) => providersFrom(client, first));
        for (const { alias = '', config } of page) {
          const tenantId = tenantOf({ attributes: config ?? {} });
          if (tenantId && isOurs({ attributes: config ?? {} }, tenantId)) yield { tenantId, name: alias, id: alias };
        }
        if (page.length < PAGE) return;
      }
    },
  };
}

interface Wanted {
  tenantId: string;
  settings: Settings;
}

async function connect(
  client: KeycloakAdminClient,
  alias: string,
  shown: Shown | undefined,
  { tenantId, settings, connection }: Wanted & { connection: SsoConnection },
): Promise<void> {
  const organization = await setDomains(client, tenantId, connection.domains);
  const standing = await withProtocol(client, alias, shown, { tenantId, settings, connection });
  await link(client, organization.id, standing);
  // Mappers first: nobody must come in before the account's name and groups are right.
  await setMappers(client, alias, mappersOf(tenantId, connection));
  const wanted = connectedProvider(alias, tenantId, settings.access, connection);
  await client.identityProviders.update({ alias }, { ...identityOf(standing, organization.id), ...wanted });
}

/**
 * An identity provider cannot change its protocol, so another takes its place. The links of accounts go with the old one, and each person's next
 * login makes a new one to the same account.
 */
async function withProtocol(
  client: KeycloakAdminClient,
  alias: string,
  shown: Shown | undefined,
  { tenantId, settings, connection }: Wanted & { connection: SsoConnection },
): Promise<Shown> {
  if (shown?.providerId === connection.protocol) return shown;
  // None is there if an earlier attempt ended in between, or someone has deleted it.
  if (shown) await orAbsent(client.identityProviders.del({ alias }));
  await unlessExists(
    client.identityProviders.create(emptyProvider(alias, tenantId, settings.access, connection.protocol)),
  );
  const made = await findProvider(client, alias);
  assertOurs(made && { attributes: made.config }, tenantId, `the identity provider ${alias}`);
  return made!;
}

async function close(client: KeycloakAdminClient, shown: Shown | undefined): Promise<void> {
  if (shown) await client.identityProviders.update({ alias: shown.alias }, closedProvider(shown));
}

/** The people keep their accounts: when the tenant is connected again, they find them. */
async function disconnect(client: KeycloakAdminClient, shown: Shown, { tenantId, settings }: Wanted): Promise<void> {
  const { alias } = shown;
  const orgId = shown.organizationId;
  const wanted = emptyProvider(alias, tenantId, settings.access, shown.providerId);
  await client.identityProviders.update({ alias }, { ...identityOf(shown, orgId), ...wanted });
  await setMappers(client, alias, []);
  if (orgId !== undefined) await setDomains(client, tenantId, []);
}

function identityOf({ internalId }: Shown, organizationId: string | undefined) {
  return {
    ...(internalId === undefined ? {} : { internalId }),
    ...(organizationId === undefined ? {} : { organizationId }),
  };
}

/** Keycloak refuses to link what is linked already, also to the same organization. */
async function link(client: KeycloakAdminClient, orgId: string, { alias, organizationId }: Shown): Promise<void> {
  if (organizationId !== orgId) await unlessExists(client.organizations.linkIdp({ orgId, alias }));
}

/** Gives the organization these domains and no others. A request without its other members would remove them. */
async function setDomains(client: KeycloakAdminClient, tenantId: string, domains: readonly string[]) {
  const organization = await organizationOf(client, tenantId);
  if (!hasDomains(organization, domains))
    await client.organizations.updateById(
      { id: organization.id },
      { ...organization, domains: domains.map((name) => ({ name, verified: true })) },
    );
  return organization;
}

function hasDomains({ domains = [] }: { domains?: { name?: string }[] }, wanted: readonly string[]): boolean {
  return domains.length === wanted.length && wanted.every((name) => domains.some((each) => each.name === name));
}

/** Whether the identity provider has the connection that the spec names; true if it names none. */
async function hasConnection(
  client: KeycloakAdminClient,
  shown: Shown,
  context: ResourceContext<SsoSpec | undefined>,
): Promise<boolean> {
  const connection = await connectionOf(context, context.spec?.sso);
  if (!connection) return true;
  const { tenantId } = context;
  const wanted = connectedProvider(shown.alias, tenantId, accessOf(shown), connection);
  return (
    isAsWanted(shown, wanted) &&
    hasDomains(await organizationOf(client, tenantId), connection.domains) &&
    (await hasMappers(client, shown.alias, mappersOf(tenantId, connection)))
  );
}

/** The connection that was sealed under this operation; undefined for none. Throws if it is not there any more. */
async function connectionOf(
  { secrets, tenantId }: Pick<ResourceContext, 'secrets' | 'tenantId'>,
  sso: string | null | undefined,
): Promise<SsoConnection | undefined> {
  if (sso === null || sso === undefined) return undefined;
  const sealed = await secrets.read(sso);
  if (sealed !== undefined) return JSON.parse(sealed) as SsoConnection;
  throw failure(
    'ProviderRefused',
    `The connection of tenant ${tenantId} that operation ${sso} was given is not stored any more. Configure single sign-on again.`,
  );
}

async function organizationOf(client: KeycloakAdminClient, tenantId: string) {
  const name = dashName(tenantId);
  const organization = await findOrganization(client, name);
  if (organization && isOurs(organization, tenantId)) return organization;
  throw failure('ProviderUnavailable', `Keycloak: organization ${name} does not exist (yet).`);
}

async function findProvider(client: KeycloakAdminClient, alias: string): Promise<Shown | undefined> {
  const found: unknown = await orAbsent(client.identityProviders.findOne({ alias }, { catchNotFound: false }));
  if (found === undefined) return undefined;
  const { config, ...shown } = found as Shown;
  if (shown.alias === alias) return { ...shown, config: config ?? {} };
  throw failure(
    'OutcomeUnknown',
    'Keycloak answered with something other than the identity provider that was requested.',
  );
}

async function providersFrom(client: KeycloakAdminClient, first: number): Promise<Partial<Shown>[]> {
  // An identity provider has no `id`, which every other entry in Keycloak's lists has.
  const found: unknown = await client.identityProviders.find({ first, max: PAGE });
  if (Array.isArray(found)) return found as Partial<Shown>[];
  throw failure('OutcomeUnknown', 'Keycloak answered with something other than the list that was requested.');
}

function ours({ config }: Shown, tenantId: string): boolean {
  return isOurs({ attributes: config }, tenantId);
}
