import type { StackState } from '../../processes/state';
import { STAFF, type StaffMember, type StaffRealm } from '../../staff';
import type { AdminCall } from './admin-call';

const REALM = 'staff';

/** The realm of the people at a Keycloak with this URL. Its passwords are kept in the stack's state. */
export function staffRealm(url: string, state: StackState): StaffRealm {
  const people = Object.keys(STAFF).map((name) => {
    // People type it: 80 bits are enough for a server on loopback.
    return [name, { username: name, password: state.secret(`keycloak.staff.${name}`).slice(0, 20) }] as const;
  });
  return {
    issuer: `${url}/realms/${REALM}`,
    clientId: 'console',
    clientSecret: state.secret('keycloak.console'),
    audience: 'tenant-provisioner',
    people: Object.fromEntries(people) as StaffRealm['people'],
  };
}

// Keycloak makes a realm's keys and hashes its passwords while the first tenants are being provisioned: RSA keys alone would take three
// seconds of computing. The passwords are random, so a slow hash would protect them no better.
const QUICK_TO_MAKE = {
  defaultSignatureAlgorithm: 'ES256',
  components: {
    'org.keycloak.keys.KeyProvider': [
      { name: 'signatures', providerId: 'ecdsa-generated', config: { ecdsaEllipticCurveKey: ['P-256'] } },
      { name: 'own-tokens', providerId: 'hmac-generated', config: { algorithm: ['HS512'] } },
      { name: 'encryption', providerId: 'aes-generated', config: {} },
    ],
  },
  passwordPolicy: 'hashAlgorithm(pbkdf2-sha512) and hashIterations(1000)',
};

/**
 * Ensures that the realm is there, in one call. Keycloak ignores the port of a redirect to 127.0.0.1 (RFC 8252 §7.3), so the client serves
 * every API on this machine; only the API at `consoleUrl` is told of logouts.
 */
export async function ensureStaffRealm(
  call: AdminCall,
  realm: StaffRealm,
  consoleUrl: string | undefined,
): Promise<void> {
  const representation = representationOf(realm, consoleUrl);
  const refusal = await call('POST', '', { ...representation, ...QUICK_TO_MAKE }, [409]);
  // It is there since an earlier run, in which the API may have had another port.
  if (refusal !== undefined && consoleUrl !== undefined)
    await call('POST', `/${REALM}/partialImport`, {
      ifResourceExists: 'OVERWRITE',
      clients: representation.clients,
    });
}

/** The realm as Keycloak imports it. The API that serves the console at `consoleUrl` is told of logouts. */
export function representationOf(realm: StaffRealm, consoleUrl: string | undefined) {
  const members = Object.keys(STAFF) as StaffMember[];
  return {
    realm: REALM,
    enabled: true,
    displayName: 'Staff of the tenant provisioner',
    groups: members.map((name) => ({ name })),
    clients: [clientOf(realm, consoleUrl)],
    users: members.map((name) => ({
      username: realm.people[name].username,
      enabled: true,
      // Without a complete profile, the first login would ask for it.
      email: `${name}@staff.example.com`,
      emailVerified: true,
      firstName: name.replace(/^./, (letter) => letter.toUpperCase()),
      lastName: 'Local',
      groups: [name],
      credentials: [{ type: 'password', value: realm.people[name].password, temporary: false }],
    })),
  };
}

function clientOf({ clientId, clientSecret, audience }: StaffRealm, consoleUrl: string | undefined): object {
  const mapper = (name: string, protocolMapper: string, config: object): object => ({
    name,
    protocol: 'openid-connect',
    protocolMapper,
    config: { 'access.token.claim': 'true', ...config },
  });
  return {
    clientId,
    secret: clientSecret,
    protocol: 'openid-connect',
    publicClient: false,
    standardFlowEnabled: true,
    directAccessGrantsEnabled: false,
    redirectUris: ['http://127.0.0.1/console/callback'],
    attributes: {
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': 'http://127.0.0.1/console/',
      ...(consoleUrl === undefined
        ? {}
        : {
            'backchannel.logout.url': `${consoleUrl}/backchannel-logout`,
            'backchannel.logout.session.required': 'true',
          }),
    },
    protocolMappers: [
      mapper('groups', 'oidc-group-membership-mapper', {
        'claim.name': 'groups',
        'full.path': 'false',
        'id.token.claim': 'true',
        'userinfo.token.claim': 'true',
      }),
      mapper('audience', 'oidc-audience-mapper', { 'included.custom.audience': audience, 'id.token.claim': 'false' }),
    ],
  };
}
