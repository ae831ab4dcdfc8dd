import type ClientRepresentation from '@keycloak/keycloak-admin-client/lib/defs/clientRepresentation';
import type RealmRepresentation from '@keycloak/keycloak-admin-client/lib/defs/realmRepresentation';
import type { UserProfileAttribute } from '@keycloak/keycloak-admin-client/lib/defs/userProfileMetadata';
import { MANAGED_BY_ATTRIBUTE, TENANT_ATTRIBUTE } from './marks';
import type { KeycloakSettings } from './settings';
import { MINIMUM_PASSWORD_LENGTH } from './temporary-password';

/** Client the SaaS application's users log in through. */
export const APPLICATION_CLIENT = 'application';

/** Client verification asks for direct grants with; nobody's browser uses it. */
export const VERIFIER_CLIENT = 'verifier';

/**
 * What the realm must be like; whatever is not named here is the operator's.
 * Tenants log in by user name: one person may administer several tenants with one address.
 */
export const REALM_SETTINGS = {
  enabled: true,
  organizationsEnabled: true,
  registrationAllowed: false,
  editUsernameAllowed: false,
  loginWithEmailAllowed: false,
  duplicateEmailsAllowed: true,
  bruteForceProtected: true,
  permanentLockout: false,
  failureFactor: 10,
  passwordPolicy: `length(${MINIMUM_PASSWORD_LENGTH}) and notUsername(undefined) and notEmail(undefined) and passwordHistory(3)`,
} satisfies RealmRepresentation;

/** UTF-16 code units of a person's first or last name in Keycloak's database. */
export const LONGEST_NAME = 255;

const admin = ['admin'];
const everybody = ['admin', 'user'];

/**
 * Attributes of every account. Who owns an account and which role it was ordered with is not for its owner to read or change: tokens
 * carry the tenant. Names may hold any printable character – people have commas in theirs – where Keycloak's default forbids some, and a
 * person may have one name.
 */
export const USER_PROFILE: UserProfileAttribute[] = [
  ...[{ name: 'firstName', required: { roles: ['user'] } }, { name: 'lastName' }].map(({ name, ...required }) => ({
    name,
    displayName: `\${${name}}`,
    validations: {
      length: { max: LONGEST_NAME },
      pattern: { pattern: '^[^\\p{Cntrl}]*$', 'error-message': 'error-invalid-value' },
    },
    ...required,
    permissions: { view: everybody, edit: everybody },
    multivalued: false,
  })),
  ...[MANAGED_BY_ATTRIBUTE, TENANT_ATTRIBUTE, 'orderedRole'].map((name) => ({
    name,
    displayName: name,
    permissions: { view: admin, edit: admin },
    multivalued: false,
  })),
];

/** The clients of the realm. */
export function clientsOf({ applicationUrl }: KeycloakSettings): ClientRepresentation[] {
  return [
    {
      clientId: APPLICATION_CLIENT,
      name: 'The SaaS application',
      publicClient: true,
      standardFlowEnabled: true,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      redirectUris: applicationUrl === undefined ? [] : [`${applicationUrl}/*`],
      webOrigins: applicationUrl === undefined ? [] : ['+'],
      attributes: { 'pkce.code.challenge.method': 'S256' },
    },
    {
      clientId: VERIFIER_CLIENT,
      name: 'Verification of new tenants',
      publicClient: false,
      standardFlowEnabled: false,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: true,
      serviceAccountsEnabled: false,
      fullScopeAllowed: false,
      redirectUris: [],
      webOrigins: [],
    },
  ];
}

/** Puts the tenant of the account into the application's tokens as the claim `tenantId`. */
export const TENANT_MAPPER = {
  name: 'tenant',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: {
    'user.attribute': TENANT_ATTRIBUTE,
    'claim.name': TENANT_ATTRIBUTE,
    'jsonType.label': 'String',
    'id.token.claim': 'true',
    'access.token.claim': 'true',
    'introspection.token.claim': 'true',
    'userinfo.token.claim': 'true',
  },
};
