import type { Check } from '../port/check';
import { failure, type Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { organizationAccess } from './access/organization-access';
import { adminAccessUrl } from './realm/access-url';
import { adminUserKind, findAdmin, type AdminUserSpec } from './admin-user';
import { classifyKeycloak } from './classify';
import { groupsKind, type GroupsSpec } from './groups';
import { isOurs } from './marks';
import { organizationKind, type OrganizationSpec } from './organization';
import { readMembers, type ExportedOrganization } from './members';
import { prepareRealm } from './realm/realm';
import { createSession } from './session';
import { ssoKind, type SsoSpec } from './sso/sso';
import type { KeycloakSettings } from './settings';
import { setTemporaryPassword } from './passwords/temporary-password';
import { verifyIdentity, type IdentityExpectation } from './verify';

/** The identity provider: one realm, with an organization for each tenant. */
export interface Keycloak {
  organization: ResourceKind<OrganizationSpec>;
  groups: ResourceKind<GroupsSpec>;
  adminUser: ResourceKind<AdminUserSpec>;
  /** The customer's own identity provider. */
  sso: ResourceKind<SsoSpec>;
  /** The four kinds above in the order they are made; region `global`. */
  kinds: ResourceKind[];
  classify: Classify;
  /** Resolves if the realm can be read with our credentials; throws the client's error otherwise. */
  ping(signal: AbortSignal): Promise<void>;
  /** Creates the realm or corrects its settings. Run it before the first tenant; it may be repeated, also by several workers at once. */
  prepare(signal?: AbortSignal): Promise<void>;
  /** Step 9's checks of a tenant's identities. */
  verifyIdentity(expected: IdentityExpectation): Promise<Check[]>;
  /** The people and groups of a tenant's organization, without credentials. */
  readMembers(tenantId: string, signal: AbortSignal): Promise<ExportedOrganization>;
  /** Replaces the first admin's password with a temporary one and ends the account's sessions. */
  replacePassword(tenantId: string, password: string, signal: AbortSignal): Promise<void>;
  /** The URL at which a tenant's first admin logs in. It holds the user name but no secret. */
  adminAccessUrl(tenantId: string): string;
  close(): Promise<void>;
}

/** Connects to a Keycloak server through its Admin REST API. Sends nothing before the first call and retries nothing. */
export function createKeycloak(given: KeycloakSettings): Keycloak {
  const settings = { ...given, url: given.url.replace(/\/+$/, '') };
  const session = createSession(settings);
  const organization = { ...organizationKind(session), ...organizationAccess(session, settings) };
  const groups = groupsKind(session);
  const adminUser = adminUserKind(session, (tenantId) => adminAccessUrl(settings, tenantId));
  const sso = ssoKind(session);
  return {
    organization,
    groups,
    adminUser,
    sso,
    kinds: [organization, groups, adminUser, sso],
    classify: classifyKeycloak,
    ping: (signal) =>
      session.run(signal, async (client) => {
        if (!(await client.realms.findOne({ realm: settings.realm })))
          throw failure('ProviderUnavailable', `Keycloak: realm ${settings.realm} does not exist (yet).`);
      }),
    prepare: (signal = AbortSignal.timeout(120_000)) => prepareRealm(session, settings, signal),
    verifyIdentity: (expected) => verifyIdentity(session, settings, expected),
    readMembers: (tenantId, signal) => readMembers(session, tenantId, signal),
    replacePassword: (tenantId, password, signal) =>
      session.run(signal, async (client) => {
        const user = await findAdmin(client, tenantId);
        if (!user || !isOurs(user, tenantId))
          throw failure(
            'ProviderRefused',
            `Keycloak has no first admin for tenant ${tenantId}: the account was removed or renamed.`,
          );
        await setTemporaryPassword(client, user.id, password);
        await client.users.logout({ id: user.id });
      }),
    adminAccessUrl: (tenantId) => adminAccessUrl(settings, tenantId),
    close: () => Promise.resolve(session.forget()),
  };
}
