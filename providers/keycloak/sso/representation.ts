import type IdentityProviderRepresentation from '@keycloak/keycloak-admin-client/lib/defs/identityProviderRepresentation';
import type { SsoConnection } from '../../../contract/identity/sso';
import type { Access } from '../../../contract/tenants/access';
import { marks } from '../marks';
import { SIGN_IN_FLOW } from '../realm/sign-in-flow';

/** Keys of an identity provider's configuration that are ours; Keycloak keeps what it does not know. */
const ACCESS = 'tenantAccess';
const CONNECTED = 'connected';

/** Value of `kc.org.domain` for every domain of the organization. */
const ANY_DOMAIN = 'ANY';

/** An identity provider as Keycloak shows it. */
export type Shown = IdentityProviderRepresentation & { alias: string; config: Record<string, string> };

/** The tenant's identity provider without a connection: disabled, and hidden from the login page. */
export function emptyProvider(alias: string, tenantId: string, access: Access): IdentityProviderRepresentation {
  return {
    alias,
    providerId: 'oidc',
    enabled: false,
    hideOnLogin: true,
    firstBrokerLoginFlowAlias: SIGN_IN_FLOW,
    config: { ...marksOf(tenantId), [ACCESS]: access, [CONNECTED]: 'false' },
  };
}

/**
 * The tenant's identity provider with a connection. Names and addresses are taken over at the first login only, because Keycloak does not check
 * the domain of an address that changes later.
 */
export function connectedProvider(
  alias: string,
  tenantId: string,
  access: Access,
  { endpoints, clientId, clientSecret }: SsoConnection,
): IdentityProviderRepresentation {
  const { issuer, authorizationUrl, tokenUrl, jwksUrl, userInfoUrl, logoutUrl, clientAuthentication } = endpoints;
  return {
    ...emptyProvider(alias, tenantId, access),
    enabled: access !== 'closed',
    trustEmail: true,
    storeToken: false,
    config: {
      ...marksOf(tenantId),
      [ACCESS]: access,
      [CONNECTED]: 'true',
      issuer,
      authorizationUrl,
      tokenUrl,
      jwksUrl,
      useJwksUrl: 'true',
      validateSignature: 'true',
      ...(userInfoUrl === undefined ? { disableUserInfo: 'true' } : { userInfoUrl }),
      ...(logoutUrl === undefined ? {} : { logoutUrl }),
      clientId,
      clientSecret,
      clientAuthMethod: clientAuthentication,
      pkceEnabled: 'true',
      pkceMethod: 'S256',
      defaultScope: 'openid profile email',
      syncMode: 'IMPORT',
      loginHint: 'true',
      'kc.org.domain': ANY_DOMAIN,
      'kc.org.broker.redirect.mode.email-matches': 'true',
    },
  };
}

/** Whether Keycloak shows what is wanted. It never shows the secret, which therefore is not compared. */
export function isAsWanted(shown: Shown, wanted: IdentityProviderRepresentation): boolean {
  const wantedConfig = Object.entries(wanted.config ?? {}).filter(([key]) => key !== 'clientSecret');
  return (
    shown.enabled === wanted.enabled &&
    shown.providerId === wanted.providerId &&
    shown.firstBrokerLoginFlowAlias === wanted.firstBrokerLoginFlowAlias &&
    wantedConfig.every(([key, value]) => shown.config[key] === value)
  );
}

/** The access that it was given last. */
export function accessOf({ config, enabled }: Shown): Access {
  if (config[CONNECTED] === 'true') return enabled ? 'open' : 'closed';
  return config[ACCESS] === 'closed' ? 'closed' : 'open';
}

/** Marks as an identity provider's configuration holds them: one text each. */
function marksOf(tenantId: string): Record<string, string> {
  return Object.fromEntries(Object.entries(marks(tenantId)).map(([name, [value]]) => [name, value!]));
}
