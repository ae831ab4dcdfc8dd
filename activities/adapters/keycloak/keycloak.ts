import type { Check } from '../../check';
import { failure, type Classify } from '../../failures';
import type { ResourceKind } from '../../kind';
import { adminAccessUrl } from './access-url';
import { adminUserKind, findAdmin, type AdminUserSpec } from './admin-user';
import { classifyKeycloak } from './classify';
import { groupsKind, type GroupsSpec } from './groups';
import { isOurs } from './marks';
import { organizationKind, type OrganizationSpec } from './organization';
import { prepareRealm } from './realm';
import { createSession } from './session';
import type { KeycloakSettings } from './settings';
import { setTemporaryPassword } from './temporary-password';
import { verifyIdentity, type IdentityExpectation } from './verify';

/** The identity provider: one realm, an organization a tenant. */
export interface Keycloak {
  organization: ResourceKind<OrganizationSpec>;
  groups: ResourceKind<GroupsSpec>;
  adminUser: ResourceKind<AdminUserSpec>;
  /** The three above, in the order they are made; region `global`. */
  kinds: ResourceKind[];
  classify: Classify;
  /** Resolves when the realm answers this program; throws what the client throws. */
  ping(signal: AbortSignal): Promise<void>;
  /** Makes and corrects the realm; safe to repeat and for several workers at once. Run it before the first tenant. */
  prepare(signal?: AbortSignal): Promise<void>;
  /** What step 9 asks of a tenant's identities. */
  verifyIdentity(expected: IdentityExpectation): Promise<Check[]>;
  /** Replaces the first admin's password by a temporary one and ends the sessions of that account. */
  replacePassword(tenantId: string, password: string, signal: AbortSignal): Promise<void>;
  /** Where a tenant's first admin logs in; holds the user name, no secret. */
  adminAccessUrl(tenantId: string): string;
  close(): Promise<void>;
}

/** A Keycloak server, through its Admin REST API. Nothing is sent before the first call; nothing is retried. */
export function createKeycloak(given: KeycloakSettings): Keycloak {
  const settings = { ...given, url: given.url.replace(/\/+$/, '') };
  const session = createSession(settings);
  const organization = organizationKind(session);
  const groups = groupsKind(session);
  const adminUser = adminUserKind(session, (tenantId) => adminAccessUrl(settings, tenantId));
  return {
    organization,
    groups,
    adminUser,
    kinds: [organization, groups, adminUser],
    classify: classifyKeycloak,
    ping: (signal) =>
      session.run(signal, async (client) => {
        if (!(await client.realms.findOne({ realm: settings.realm })))
          throw failure('ProviderUnavailable', `Keycloak: the realm ${settings.realm} is not there (yet).`);
      }),
    prepare: (signal = AbortSignal.timeout(120_000)) => prepareRealm(session, settings, signal),
    verifyIdentity: (expected) => verifyIdentity(session, settings, expected),
    replacePassword: (tenantId, password, signal) =>
      session.run(signal, async (client) => {
        const user = await findAdmin(client, tenantId);
        if (!user || !isOurs(user, tenantId))
          throw failure(
            'ProviderRefused',
            `Keycloak has no first admin of tenant ${tenantId}; it was removed or renamed.`,
          );
        await setTemporaryPassword(client, user.id, password);
        await client.users.logout({ id: user.id });
      }),
    adminAccessUrl: (tenantId) => adminAccessUrl(settings, tenantId),
    close: () => Promise.resolve(session.forget()),
  };
}
