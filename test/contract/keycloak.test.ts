import { setTimeout } from 'node:timers/promises';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { newTenantId } from '../../contract/ids';
import type { AdminUserSpec } from '../../activities/adapters/keycloak/admin-user';
import { createKeycloak, type Keycloak } from '../../activities/adapters/keycloak/keycloak';
import type { GroupsSpec } from '../../activities/adapters/keycloak/groups';
import { marks, MANAGED_BY_ATTRIBUTE } from '../../activities/adapters/keycloak/marks';
import { TEMPORARY_PASSWORD } from '../../activities/adapters/keycloak/temporary-password';
import type { KeycloakSettings } from '../../activities/adapters/keycloak/settings';
import type { ResourceContext } from '../../activities/kind';
import { probeAlways } from '../../activities/probes';
import { startFaultProxy, type FaultProxy } from '../helpers/fault-proxy';
import { stackEndpoints } from '../stack';
import { describeKind, resourceContext } from './kind-suite';

const REALM = 'contract-tests';
const GROUPS: GroupsSpec['groups'] = [
  { name: 'admins', roles: ['tenant-admin', 'tenant-member'] },
  { name: 'members', roles: ['tenant-member'] },
];
const APPLICATION = 'https://app.example.com';

let prepared: Promise<void> | undefined;

function settingsOf(realm = REALM): KeycloakSettings {
  const { url, clientId, clientSecret } = stackEndpoints().keycloak!;
  return { url, realm, clientId, clientSecret, applicationUrl: APPLICATION };
}

async function ready(): Promise<Keycloak> {
  const keycloak = createKeycloak(settingsOf());
  await (prepared ??= keycloak.prepare());
  return keycloak;
}

/** A client of the tests' own: Keycloak's word, not through the adapter. */
async function observer(realm = REALM): Promise<KeycloakAdminClient> {
  const { url, clientId, clientSecret } = settingsOf();
  const login = new KeycloakAdminClient({ baseUrl: url, realmName: 'master', timeout: 30_000 });
  const signIn = (): Promise<void> => login.auth({ grantType: 'client_credentials', clientId, clientSecret });
  await signIn();
  const client = new KeycloakAdminClient({ baseUrl: url, realmName: realm, timeout: 30_000 });
  // A token lives for a minute, and a busy machine takes longer for the tests of one kind.
  client.registerTokenProvider({
    getAccessToken: async () => {
      if (login.isTokenExpired()) await signIn();
      return login.accessToken!;
    },
  });
  return client;
}

const adminSpec = (tenantId: string): AdminUserSpec => ({
  email: `it+${tenantId}@example.com`,
  firstName: 'Sammy',
  lastName: 'O’Davis, Jr.',
  role: 'owner',
  groups: ['admins'],
  passwordLength: 20,
});

/** Organization and groups, which a first admin rests on. */
async function surroundings(keycloak: Keycloak, tenantId: string): Promise<void> {
  await keycloak.organization.create(
    resourceContext(keycloak.organization, 'global', { organizationName: 'Acme' }, tenantId),
  );
  await keycloak.groups.create(resourceContext(keycloak.groups, 'global', { groups: GROUPS }, tenantId));
}

async function removeAll(keycloak: Keycloak, tenantId: string): Promise<void> {
  for (const kind of [...keycloak.kinds].reverse())
    await kind.remove(resourceContext(kind, 'global', undefined, tenantId));
}

describeKind('idp-organization on Keycloak', async () => {
  const keycloak = await ready();
  const client = await observer();
  const there = async (name: string) =>
    (await client.organizations.find({ search: name, exact: true })).find((entry) => entry.name === name);
  return {
    kind: keycloak.organization,
    region: 'global',
    spec: () => ({ organizationName: 'Acme & Söhne <GmbH>' }),
    exists: async ({ name }) => (await there(name)) !== undefined,
    makeForeign: async ({ name }) => {
      const { id } = await client.organizations.create({ name, alias: name });
      return () => client.organizations.delById({ id });
    },
  };
});

describeKind('idp-groups on Keycloak', async () => {
  const keycloak = await ready();
  const client = await observer();
  const there = async (name: string) =>
    (await client.groups.find({ search: name, exact: true })).find((entry) => entry.name === name);
  return {
    kind: keycloak.groups,
    region: 'global',
    spec: () => ({ groups: GROUPS }),
    exists: async ({ name }) => (await there(name)) !== undefined,
    makePartial: async ({ name, tenantId }: ResourceContext<GroupsSpec>) => {
      const { id } = await client.groups.create({ name, attributes: marks(tenantId) });
      // The first child without its roles, the second not at all.
      await client.groups.createChildGroup({ id }, { name: 'admins' });
    },
    makeForeign: async ({ name }) => {
      const { id } = await client.groups.create({ name });
      return () => client.groups.del({ id });
    },
  };
});

describeKind('idp-admin-user on Keycloak', async () => {
  const keycloak = await ready();
  const client = await observer();
  const there = async (username: string) =>
    (await client.users.find({ username, exact: true })).find((entry) => entry.username === username);
  return {
    kind: keycloak.adminUser,
    region: 'global',
    spec: async (tenantId) => {
      await surroundings(keycloak, tenantId);
      return adminSpec(tenantId);
    },
    teardown: (tenantId) => removeAll(keycloak, tenantId),
    exists: async ({ name }) => (await there(name)) !== undefined,
    makePartial: async ({ name, tenantId, spec }) => {
      await client.users.create({ username: name, email: spec.email, enabled: true, attributes: marks(tenantId) });
    },
    makeForeign: async ({ name }) => {
      const { id } = await client.users.create({ username: name, enabled: true });
      return () => client.users.del({ id });
    },
  };
});

describe('a tenant’s identities on Keycloak', () => {
  let keycloak: Keycloak;
  let client: KeycloakAdminClient;
  const tenants: string[] = [];
  const proxies: FaultProxy[] = [];

  const proxy = async () => {
    const started = await startFaultProxy(settingsOf().url);
    proxies.push(started);
    return started;
  };
  const tenant = async (spec: Partial<AdminUserSpec> = {}) => {
    const tenantId = newTenantId();
    tenants.push(tenantId);
    await surroundings(keycloak, tenantId);
    const context = resourceContext(keycloak.adminUser, 'global', { ...adminSpec(tenantId), ...spec }, tenantId);
    const { id } = await keycloak.adminUser.create(context);
    const temporaryPassword = (await context.secrets.read(TEMPORARY_PASSWORD))!;
    const verify = (password = temporaryPassword, by = keycloak, signal = context.signal) =>
      by.verifyIdentity({
        tenantId,
        temporaryPassword: password,
        groups: GROUPS,
        adminGroups: ['admins'],
        probe: probeAlways,
        signal,
      });
    return { tenantId, id, context, temporaryPassword, verify };
  };
  const failed = (checks: { id: string; passed: boolean }[]) =>
    checks.filter((entry) => !entry.passed).map((entry) => entry.id);

  beforeAll(async () => {
    keycloak = await ready();
  });
  // Its token lives for a minute only.
  beforeEach(async () => {
    client = await observer();
  });
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((each) => each.close()));
    for (const tenantId of tenants.splice(0)) await removeAll(keycloak, tenantId);
  });

  test('pass every check, again and again, and leave the admin’s account unlocked', async () => {
    const { id, verify } = await tenant();
    expect(failed(await verify())).toEqual([]);
    const second = await verify();
    expect(failed(second)).toEqual([]);
    expect(second.length).toBeGreaterThanOrEqual(9);
    expect(await client.attackDetection.findOne({ id })).toMatchObject({ numFailures: 0, disabled: false });
  });

  test.each<[string, Partial<AdminUserSpec>]>([
    ['with one name', { firstName: 'Suharto', lastName: undefined }],
    ['with an empty last name', { firstName: 'نرم‌افزاری', lastName: '' }],
    [
      'whose name and address are code elsewhere',
      {
        firstName: '<b>"Al" $1</b>',
        lastName: `ශ්‍රී 葛󠄀 '; drop table x; -- \${7*7} #{1}`,
        email: "!#$%&'*+-/=?^_`{|}~@example.com",
      },
    ],
    ['with a name as long as an order may have', { firstName: 'ü'.repeat(200), lastName: '𠮷'.repeat(200) }],
  ])('let an admin %s in without asking for a better profile', async (_, spec) => {
    const { id, context, verify } = await tenant(spec);
    expect(failed(await verify())).toEqual([]);
    // Of its own: the suite's token lasts a minute.
    const client = await observer();
    const { username, email, firstName, lastName } = (await client.users.findOne({ id }))!;
    expect({ email, firstName }).toEqual({ email: context.spec.email, firstName: context.spec.firstName });
    if ([...(spec.lastName ?? '')].length < 200) expect(lastName).toBe(context.spec.lastName || undefined);
    const password = 'Chosen-by-the-admin-1';
    await client.users.update({ id }, { requiredActions: [] });
    await client.users.resetPassword({ id, credential: { type: 'password', temporary: false, value: password } });
    const { url } = settingsOf();
    const answer = await fetch(`${url}/realms/${REALM}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: username!, password }),
    });
    expect(await answer.json()).toHaveProperty('access_token');
  });

  test('fail the password check when the password is another one', async () => {
    const { verify } = await tenant();
    expect(failed(await verify('definitely-another-1'))).toEqual(['identity.password']);
  });

  test('pass when several attempts of several workers look at the same admin at once', async () => {
    const { id, verify } = await tenant();
    const attempts = [0, 1, 2].map(async (number) => {
      await setTimeout(number * 40);
      return failed(await verify(undefined, createKeycloak(settingsOf())));
    });
    expect(await Promise.all(attempts)).toEqual([[], [], []]);
    expect(await client.attackDetection.findOne({ id })).toMatchObject({ disabled: false });
  });

  test('pass although logins of attempts that were given up reach Keycloak late', async () => {
    const { verify } = await tenant();
    const late = await proxy();
    const behind = createKeycloak({ ...settingsOf(), url: late.url });
    late.add({ method: 'POST', path: /realms\/contract-tests\/.*\/token/, does: { of: 'request', ms: 400 } });
    const givenUp = [100, 700, 900, 1_100, 1_300].map((ms) =>
      verify(undefined, behind, AbortSignal.timeout(ms)).catch(() => 'given up'),
    );
    expect(failed(await verify())).toEqual([]);
    expect(failed(await verify(undefined, behind))).toEqual([]);
    await Promise.all(givenUp);
  });

  test('pass although Keycloak refused a login as it refuses those to a locked account', async () => {
    const { verify } = await tenant();
    const refusing = await proxy();
    const refusal = { error: 'invalid_grant', error_description: 'Invalid user credentials' };
    const headers = { 'content-type': 'application/json' };
    const rule = refusing.add({
      method: 'POST',
      path: /realms\/contract-tests\/.*\/token/,
      does: { status: 401, headers, body: JSON.stringify(refusal) },
      times: 1,
    });
    expect(failed(await verify(undefined, createKeycloak({ ...settingsOf(), url: refusing.url })))).toEqual([]);
    expect(rule.met).toBe(1);
  });

  test('fail the checks when the admin is also a member elsewhere', async () => {
    const { id, verify } = await tenant();
    const other = await tenant();
    const [probe] = await client.organizations.find({ search: 't-probe00000000000', exact: true });
    const [elsewhere] = await client.organizations.find({ search: `t-${other.tenantId}`, exact: true });
    await client.organizations.addMember({ orgId: probe!.id!, userId: id });
    expect(failed(await verify())).toEqual(
      expect.arrayContaining(['identity.organization', 'identity.probe', 'identity.token-tenant']),
    );
    await client.organizations.delMember({ orgId: probe!.id!, userId: id });
    await client.organizations.addMember({ orgId: elsewhere!.id!, userId: id });
    expect(failed(await verify())).toContain('identity.organization');
    expect(failed(await other.verify())).toEqual(['identity.members']);
  });

  test('fail the checks when the admin has a role or a group too many', async () => {
    const { id, tenantId, verify } = await tenant();
    const members = await client.realms.getGroupByPath({ realm: REALM, path: `t-${tenantId}/members` });
    await client.users.addToGroup({ id, groupId: members.id! });
    expect(failed(await verify())).toEqual(['identity.groups']);
    await client.users.delFromGroup({ id, groupId: members.id! });
    const name = `extra-${tenantId}`;
    await client.roles.create({ name });
    const extra = await client.roles.findOneByName({ name });
    await client.users.addRealmRoleMappings({ id, roles: [{ id: extra!.id!, name }] });
    expect(failed(await verify())).toEqual(['identity.roles']);
    await client.roles.delByName({ name });
    const [management] = await client.clients.find({ clientId: 'realm-management' });
    const power = await client.clients.findRole({ id: management!.id!, roleName: 'view-users' });
    await client.users.addClientRoleMappings({
      id,
      clientUniqueId: management!.id!,
      roles: [{ id: power!.id!, name: 'view-users' }],
    });
    expect(failed(await verify())).toEqual(['identity.roles']);
  });

  test('let the same person be the first admin of two tenants', async () => {
    const email = 'same.person@example.com';
    const [one, two] = [await tenant({ email }), await tenant({ email })];
    expect(one.id).not.toBe(two.id);
    expect(failed(await one.verify())).toEqual([]);
    expect(failed(await two.verify())).toEqual([]);
  });

  test('are completed without touching a password that is already set', async () => {
    const { id, tenantId, context, verify } = await tenant();
    const [organization] = await client.organizations.find({ search: `t-${tenantId}`, exact: true });
    await client.organizations.delMember({ orgId: organization!.id!, userId: id });
    expect((await keycloak.adminUser.find(context)).state).toBe('partial');
    const before = await client.users.getCredentials({ id });
    await keycloak.adminUser.create(context);
    expect(await client.users.getCredentials({ id })).toEqual(before);
    expect(failed(await verify())).toEqual([]);
  });

  test('are made once when two attempts race', async () => {
    const tenantId = newTenantId();
    tenants.push(tenantId);
    const organization = resourceContext(keycloak.organization, 'global', { organizationName: 'Acme' }, tenantId);
    const groups = resourceContext(keycloak.groups, 'global', { groups: GROUPS }, tenantId);
    const admin = resourceContext(keycloak.adminUser, 'global', adminSpec(tenantId), tenantId);
    const three = [1, 2, 3];
    const idsOf = (made: { id: string }[]) => new Set(made.map(({ id }) => id)).size;
    expect(idsOf(await Promise.all(three.map(() => keycloak.organization.create(organization))))).toBe(1);
    expect(idsOf(await Promise.all(three.map(() => keycloak.groups.create(groups))))).toBe(1);
    expect(idsOf(await Promise.all(three.map(() => keycloak.adminUser.create(admin))))).toBe(1);
    expect((await keycloak.groups.find(groups)).state).toBe('present');
    expect((await keycloak.adminUser.find(admin)).state).toBe('present');
  });

  // Keycloak refuses every eighth or so of two requests that give the same roles at once: keycloak/keycloak#45434.
  test('have the roles of their groups although several attempts give them at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const tenantId = newTenantId();
      tenants.push(tenantId);
      const groups = resourceContext(keycloak.groups, 'global', { groups: GROUPS }, tenantId);
      await Promise.all([1, 2, 3, 4].map(() => keycloak.groups.create(groups)));
      expect((await keycloak.groups.find(groups)).state).toBe('present');
    }
  });

  test('get a new temporary password that voids the old one', async () => {
    const { tenantId, context, verify } = await tenant();
    await keycloak.replacePassword(tenantId, 'Replaced-password-1', context.signal);
    expect(failed(await verify())).toEqual(['identity.password']);
    expect(failed(await verify('Replaced-password-1'))).toEqual([]);
  });

  test('go with the organization when they are marked as the tenant’s, and stay when they are not', async () => {
    const { tenantId, context } = await tenant();
    const [organization] = await client.organizations.find({ search: `t-${tenantId}`, exact: true });
    const invited = await client.users.create({
      username: `invited@t-${tenantId}`,
      enabled: true,
      attributes: marks(tenantId),
    });
    const guest = await client.users.create({ username: `guest-${tenantId}`, enabled: true });
    for (const { id } of [invited, guest])
      await client.organizations.addMember({ orgId: organization!.id!, userId: id });
    await keycloak.organization.remove(resourceContext(keycloak.organization, 'global', undefined, tenantId));
    expect((await client.users.find({ username: `invited@t-${tenantId}`, exact: true })).length).toBe(0);
    expect((await client.users.find({ username: `guest-${tenantId}`, exact: true })).length).toBe(1);
    expect((await keycloak.adminUser.find(context)).state).toBe('absent');
    await client.users.del({ id: guest.id });
  });

  test('refuse a role that somebody else made, because it could carry any power', async () => {
    const name = `foreign-${newTenantId()}`;
    await client.roles.create({ name });
    const tenantId = newTenantId();
    tenants.push(tenantId);
    const groups = resourceContext(
      keycloak.groups,
      'global',
      { groups: [{ name: 'admins', roles: [name] }] },
      tenantId,
    );
    await expect(keycloak.groups.create(groups)).rejects.toMatchObject({ type: 'ResourceNotOurs' });
    await client.roles.delByName({ name });
  });

  test('refuse an address Keycloak does not take, naming the field and not the address', async () => {
    const tenantId = newTenantId();
    tenants.push(tenantId);
    await surroundings(keycloak, tenantId);
    const email = `${'x'.repeat(65)}@example.com`;
    const admin = resourceContext(keycloak.adminUser, 'global', { ...adminSpec(tenantId), email }, tenantId);
    const error: unknown = await keycloak.adminUser.create(admin).catch((thrown: unknown) => thrown);
    const classified = keycloak.classify(error, 'idp-admin-user');
    expect(classified).toMatchObject({ type: 'ProviderRefused', nonRetryable: true });
    expect(classified?.message).toContain('email: error-invalid-email');
    expect(JSON.stringify(classified) + String(classified?.cause)).not.toContain('@example.com');
  });

  test('open at a page of Keycloak with the user name filled in when there is no application', async () => {
    const { tenantId } = await tenant();
    const url = createKeycloak({ ...settingsOf(), applicationUrl: undefined }).adminAccessUrl(tenantId);
    const page = await (await fetch(url)).text();
    expect(page).toContain(`admin-t-${tenantId}`);
    expect(page).toMatch(/type="password"/);
    expect(keycloak.adminAccessUrl(tenantId)).toBe(`${APPLICATION}/?login_hint=admin-t-${tenantId}`);
  });
});

describe('the tenants’ realm on Keycloak', () => {
  const realm = `prepare-${newTenantId()}`;
  const foreign = `foreign-${newTenantId()}`;
  afterAll(async () => {
    const client = await observer();
    for (const name of [realm, foreign]) await client.realms.del({ realm: name }).catch(() => undefined);
  });

  test('is made once by four workers that start together, and corrected when somebody changes it', async () => {
    await Promise.all([1, 2, 3, 4].map(() => createKeycloak(settingsOf(realm)).prepare()));
    const client = await observer(realm);
    expect((await client.clients.find({ clientId: 'application' })).length).toBe(1);
    await client.realms.update({ realm }, { bruteForceProtected: false, loginTheme: 'keycloak' });
    const profile = await client.users.getProfile();
    const own = { name: 'operators-own', permissions: { view: ['admin'], edit: ['admin'] }, multivalued: false };
    const attributes = profile.attributes!.filter((entry) => entry.name !== MANAGED_BY_ATTRIBUTE);
    await client.users.updateProfile({ ...profile, attributes: [...attributes, own] });
    const keycloak = createKeycloak(settingsOf(realm));
    await keycloak.prepare();
    expect(await client.realms.findOne({ realm })).toMatchObject({ bruteForceProtected: true, loginTheme: 'keycloak' });
    const names = (await client.users.getProfile()).attributes!.map((entry) => entry.name);
    expect(names).toEqual(expect.arrayContaining([MANAGED_BY_ATTRIBUTE, 'operators-own', 'email']));
    await keycloak.ping(AbortSignal.timeout(10_000));
  });

  test('asks for a code challenge, returns to the application only, and has no open registration', async () => {
    const { url } = settingsOf();
    await ready();
    const ask = async (parameters: Record<string, string>) => {
      const target = new URL(`${url}/realms/${REALM}/protocol/openid-connect/auth`);
      target.search = new URLSearchParams({
        client_id: 'application',
        response_type: 'code',
        ...parameters,
      }).toString();
      const response = await fetch(target, { redirect: 'manual' });
      return { status: response.status, location: response.headers.get('location') ?? '' };
    };
    const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
    expect(await ask({ redirect_uri: 'https://evil.example.net/', ...challenge })).toMatchObject({ status: 400 });
    const without = await ask({ redirect_uri: `${APPLICATION}/in` });
    expect(without.location).toContain('error=invalid_request');
    expect(await ask({ redirect_uri: `${APPLICATION}/in`, ...challenge })).toMatchObject({ status: 200 });
    const registration = await fetch(
      `${url}/realms/${REALM}/protocol/openid-connect/registrations?client_id=account&response_type=code`,
    );
    expect(registration.status).toBe(400);
  });

  test('is left alone when this program did not make it', async () => {
    const client = await observer();
    await client.realms.create({ realm: foreign, enabled: true });
    await expect(createKeycloak(settingsOf(foreign)).prepare()).rejects.toMatchObject({ type: 'ResourceNotOurs' });
    const after = await client.realms.findOne({ realm: foreign });
    expect(after?.organizationsEnabled).toBe(false);
  });
});
