import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiEnvironment } from '../../config/environment';
import { staffConfiguration } from '../../config/staff';

const BASE = {
  REGISTRY_URL: 'postgres://registry@127.0.0.1/registry',
  KEY_RING: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  CODEC_KEY_RING: `c1:${Buffer.alloc(32, 2).toString('base64')}`,
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
};
const STAFF = {
  STAFF_OIDC_ISSUER: 'https://login.example.com/realms/staff/',
  STAFF_OIDC_CLIENT_ID: 'console',
  STAFF_OIDC_CLIENT_SECRET: 'secret',
  STAFF_ROLES: '{"viewers":["tenants:read"]}',
};
const read = (changes: Record<string, string>, publicUrl = 'https://provisioner.example') =>
  staffConfiguration(apiEnvironment({ ...BASE, ...changes }), publicUrl);

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'staff-'))));
afterAll(() => rmSync(dir, { recursive: true }));

test('without an issuer there is no sign-in', () => {
  expect(read({})).toBeUndefined();
});

test('what is not said has a default, and the issuer stays as it is written', () => {
  expect(read(STAFF)).toEqual({
    issuer: STAFF.STAFF_OIDC_ISSUER,
    clientId: 'console',
    clientSecret: 'secret',
    audience: undefined,
    roles: { viewers: ['tenants:read'] },
    scopes: 'openid profile',
    groupsClaim: 'groups',
    usernameClaim: 'preferred_username',
    idleSeconds: 1_800,
    absoluteSeconds: 36_000,
    recheckSeconds: 300,
  });
});

test('the secret and the roles can come from files', () => {
  writeFileSync(join(dir, 'secret'), 'from-file\n');
  writeFileSync(join(dir, 'roles.json'), STAFF.STAFF_ROLES);
  const { STAFF_OIDC_CLIENT_SECRET: _, ...rest } = STAFF;
  const files = { STAFF_OIDC_CLIENT_SECRET_FILE: join(dir, 'secret'), STAFF_ROLES: join(dir, 'roles.json') };
  expect(read({ ...rest, ...files })).toMatchObject({
    clientSecret: 'from-file',
    roles: { viewers: ['tenants:read'] },
  });
});

test('an issuer without a client is incomplete, and a client without an issuer too', () => {
  const { STAFF_OIDC_CLIENT_ID: client, ...issuer } = STAFF;
  expect(() => read(issuer)).toThrow(/STAFF_OIDC_CLIENT_ID is missing, although STAFF_OIDC_ISSUER is set/);
  expect(() => read({ STAFF_OIDC_CLIENT_ID: client })).toThrow(/STAFF_OIDC_ISSUER is missing/);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['no secret', { STAFF_OIDC_CLIENT_SECRET: '' }, /Set either STAFF_OIDC_CLIENT_SECRET or/],
  ['two secrets', { STAFF_OIDC_CLIENT_SECRET_FILE: '/dev/null' }, /and not both/],
  [
    'a file that is missing',
    { STAFF_ROLES: '/no/such/file' },
    /STAFF_ROLES names a file that cannot be read \(ENOENT\)/,
  ],
  ['roles that are no JSON', { STAFF_ROLES: '{viewers}' }, /STAFF_ROLES is not JSON/],
  [
    'roles of another form',
    { STAFF_ROLES: '{"viewers":"tenants:read"}' },
    /STAFF_ROLES is not JSON that gives each group/,
  ],
  [
    'an issuer in the clear',
    { STAFF_OIDC_ISSUER: 'http://login.example.com' },
    /STAFF_OIDC_ISSUER must begin with https/,
  ],
  ['ID tokens as access tokens', { STAFF_OIDC_AUDIENCE: 'console' }, /must differ from STAFF_OIDC_CLIENT_ID/],
])('%s is refused with what to do', (_, changes, message) => {
  expect(() => read({ ...STAFF, ...changes })).toThrow(message);
});

test('all mistakes are named at once, without the secret', () => {
  const act = () =>
    read({ ...STAFF, STAFF_OIDC_CLIENT_SECRET: 'top-secret', STAFF_ROLES: '{', STAFF_OIDC_AUDIENCE: 'console' });
  expect(act).toThrow(/STAFF_OIDC_AUDIENCE[\s\S]*STAFF_ROLES/);
  expect(act).not.toThrow(/top-secret/);
});

test('people sign in over TLS, or on this machine', () => {
  expect(() => read(STAFF, 'http://provisioner.example')).toThrow(/PUBLIC_URL must begin with https/);
  const withIssuerAt = (host: string) =>
    read({ ...STAFF, STAFF_OIDC_ISSUER: `http://${host}:8081/realms/staff` }, 'http://127.0.0.1:8080');
  expect(withIssuerAt('127.0.0.1')).toBeDefined();
  expect(withIssuerAt('keycloak.localhost')).toBeDefined();
  expect(() => withIssuerAt('localhost.example.com')).toThrow(/STAFF_OIDC_ISSUER must begin with https/);
});
