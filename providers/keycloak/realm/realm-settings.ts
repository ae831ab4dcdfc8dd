import type ClientRepresentation from '@keycloak/keycloak-admin-client/lib/defs/clientRepresentation';
import type RealmRepresentation from '@keycloak/keycloak-admin-client/lib/defs/realmRepresentation';
import type { UserProfileAttribute } from '@keycloak/keycloak-admin-client/lib/defs/userProfileMetadata';
import { DISPLAY_NAME_ATTRIBUTE, EXTERNAL_ID_ATTRIBUTE, USER_NAME_ATTRIBUTE } from '../directory/account';
import { CLOSED_ATTRIBUTE, DIRECTORY_ATTRIBUTE, MANAGED_BY_ATTRIBUTE, TENANT_ATTRIBUTE } from '../marks';
import type { KeycloakSettings } from '../settings';
import { MINIMUM_PASSWORD_LENGTH } from '../passwords/temporary-password';

/** Client through which the SaaS application's users log in. */
export const APPLICATION_CLIENT = 'application';

/** Client that verification uses for direct grants; it allows no browser login. */
export const VERIFIER_CLIENT = 'verifier';

/**
 * The realm's required settings; all others are the operator's.
 * Login is by user name only, because one person may administer several tenants with the same e-mail address.
 */
export const REALM_SETTINGS = {
  enabled: true,
  organizationsEnabled: true,
  registrationAllowed: false,
  loginWithEmailAllowed: false,
  duplicateEmailsAllowed: true,
  bruteForceProtected: true,
  permanentLockout: false,
  failureFactor: 10,
  passwordPolicy: `length(${MINIMUM_PASSWORD_LENGTH}) and notUsername(undefined) and notEmail(undefined) and passwordHistory(3)`,
} satisfies RealmRepresentation;

/**
 * Set once {@link USER_PROFILE} leaves user names to administrators: without it Keycloak refuses them, too, to rename an account, and a
 * customer's directory must be able to.
 */
export const RENAMING = { editUsernameAllowed: true } satisfies RealmRepresentation;

/** Longest first or last name in Keycloak's database, in UTF-16 code units. */
export const LONGEST_NAME = 255;

const adminOnly = ['admin'];
const adminAndUser = ['admin', 'user'];

/**
 * Attributes of every account. Users may not change their user names, by which accounts are found, nor their
 * addresses: someone whose company sends an address of another company could otherwise type one that fits. They may neither read nor change the marks and the ordered role, because tokens carry the tenant. Names may
 * hold any printable character, although Keycloak's default forbids some (people do have commas in theirs), and the last name may be
 * missing.
 */
export const USER_PROFILE: UserProfileAttribute[] = [
  {
    name: 'username',
    displayName: '${username}',
    validations: {
      length: { min: 3, max: 255 },
      'username-prohibited-characters': {},
      'up-username-not-idn-homograph': {},
    },
    permissions: { view: adminAndUser, edit: adminOnly },
    multivalued: false,
  },
  {
    name: 'email',
    displayName: '${email}',
    validations: { email: {}, length: { max: 255 } },
    required: { roles: ['user'] },
    permissions: { view: adminAndUser, edit: adminOnly },
    multivalued: false,
  },
  ...[{ name: 'firstName', required: { roles: ['user'] } }, { name: 'lastName' }].map(({ name, ...required }) => ({
    name,
    displayName: `\${${name}}`,
    validations: {
      length: { max: LONGEST_NAME },
      pattern: { pattern: '^[^\\p{Cntrl}]*$', 'error-message': 'error-invalid-value' },
    },
    ...required,
    permissions: { view: adminAndUser, edit: adminAndUser },
    multivalued: false,
  })),
  ...[
    MANAGED_BY_ATTRIBUTE,
    TENANT_ATTRIBUTE,
    CLOSED_ATTRIBUTE,
    'orderedRole',
    DIRECTORY_ATTRIBUTE,
    USER_NAME_ATTRIBUTE,
    EXTERNAL_ID_ATTRIBUTE,
    DISPLAY_NAME_ATTRIBUTE,
  ].map((name) => ({
    name,
    displayName: name,
    permissions: { view: adminOnly, edit: adminOnly },
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
