import type IdentityProviderRepresentation from '@keycloak/keycloak-admin-client/lib/defs/identityProviderRepresentation';
import type { OidcConnection, SamlProvider, SsoConnection } from '../../../contract/identity/sso';
import type { Access } from '../../../contract/tenants/access';
import { marks } from '../marks';
import { SIGN_IN_FLOW } from '../realm/sign-in-flow';

/** Keys of an identity provider's configuration that are ours; Keycloak keeps what it does not know. */
const ACCESS = 'tenantAccess';
const CONNECTED = 'connected';

/** Value of `kc.org.domain` for every domain of the organization. */
const ANY_DOMAIN = 'ANY';

/** An identity provider as Keycloak shows it. */
export type Shown = IdentityProviderRepresentation & {
  alias: string;
  providerId: ProviderId;
  config: Record<string, string>;
};

/** The protocols by Keycloak's names. */
type ProviderId = 'oidc' | 'saml';

/** The tenant's identity provider without a connection: disabled, and hidden from the login page. */
export function emptyProvider(
  alias: string,
  tenantId: string,
  access: Access,
  providerId: ProviderId = 'oidc',
): IdentityProviderRepresentation {
  return {
    alias,
    providerId,
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
  connection: SsoConnection,
): IdentityProviderRepresentation {
  return {
    ...emptyProvider(alias, tenantId, access, connection.protocol),
    enabled: access !== 'closed',
    trustEmail: true,
    storeToken: false,
    config: {
      ...marksOf(tenantId),
      [ACCESS]: access,
      [CONNECTED]: 'true',
      ...(connection.protocol === 'saml' ? samlConfig(connection.saml) : oidcConfig(connection)),
      syncMode: 'IMPORT',
      'kc.org.domain': ANY_DOMAIN,
      'kc.org.broker.redirect.mode.email-matches': 'true',
    },
  };
}

function oidcConfig({ endpoints, clientId, clientSecret }: OidcConnection): Record<string, string> {
  const { issuer, authorizationUrl, tokenUrl, jwksUrl, userInfoUrl, logoutUrl, clientAuthentication } = endpoints;
  return {
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
    loginHint: 'true',
  };
}

/** Only signed assertions are believed. The subject is the e-mail address. */
function samlConfig({ entityId, signOnUrl, binding, certificates }: SamlProvider): Record<string, string> {
  return {
    idpEntityId: entityId,
    singleSignOnServiceUrl: signOnUrl,
    signingCertificate: certificates.join(','),
    validateSignature: 'true',
    wantAssertionsSigned: 'true',
    wantAuthnRequestsSigned: 'true',
    signatureAlgorithm: 'RSA_SHA256',
    postBindingAuthnRequest: String(binding === 'post'),
    postBindingResponse: 'true',
    nameIDPolicyFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    principalType: 'SUBJECT',
  };
}

/** The same identity provider, disabled. The secret is shown masked, and written back so Keycloak leaves it as it is. */
export function closedProvider(shown: Shown): IdentityProviderRepresentation {
  return { ...shown, enabled: false, config: { ...shown.config, [ACCESS]: 'closed' } };
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
