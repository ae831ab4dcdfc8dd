import { setTimeout } from 'node:timers/promises';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { newTenantId } from '../../contract/ids';
import type { AdminUserSpec } from '../../providers/keycloak/admin-user';
import { createKeycloak, type Keycloak } from '../../providers/keycloak/keycloak';
import type { GroupsSpec } from '../../providers/keycloak/groups';
import { marks, MANAGED_BY_ATTRIBUTE } from '../../providers/keycloak/marks';
import { TEMPORARY_PASSWORD } from '../../providers/keycloak/passwords/temporary-password';
import type { ResourceContext } from '../../providers/port/kind';
import { probeAlways } from '../../providers/port/probe';
import { startFaultProxy, type FaultProxy } from '../helpers/providers/fault-proxy';
import { adminSpec, APPLICATION, GROUPS, makeSurroundings, observerOf, removeAll, settingsFor } from './keycloak/realm';
import { describeKind, resourceContext } from './kind-suite';

const REALM = 'contract-tests';

let prepared: Promise<void> | undefined;

const settingsOf = (realm = REALM) => settingsFor(realm);
const observer = (realm = REALM) => observerOf(realm);

async function ready(): Promise<Keycloak> {
  const keycloak = createKeycloak(settingsOf());
  await (prepared ??= keycloak.prepare());
  return keycloak;
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
    furnish: async ({ tenantId }) => {
      const groups = resourceContext(keycloak.groups, 'global', { groups: GROUPS }, tenantId);
      const admin = resourceContext(keycloak.adminUser, 'global', adminSpec(tenantId), tenantId);
      await keycloak.groups.create(groups);
      await keycloak.adminUser.create(admin);
      return async () => {
        await keycloak.adminUser.remove(admin);
        await keycloak.groups.remove(groups);
      };
    },
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
      // The first subgroup without its roles, the second missing.
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
      await makeSurroundings(keycloak, tenantId);
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
    await makeSurroundings(keycloak, tenantId);
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
  // The observer's token is valid for a minute only.
  beforeEach(async () => {
    client = await observer();
  });
  afterEach(async () => {
    await Promise.all(proxies.splice(0).map((each) => each.close()));
    for (const tenantId of tenants.splice(0)) await removeAll(keycloak, tenantId);
  });

  test('pass every check, repeatedly, and leave the admin’s account unlocked', async () => {
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
      'whose name and address contain syntax of other languages',
      {
        firstName: '<b>"Al" $1</b>',
        lastName: `ශ්‍රී 葛󠄀 '; drop table x; -- \${7*7} #{1}`,
        email: "!#$%&'*+-/=?^_`{|}~@example.com",
      },
    ],
    ['with the longest name an order may have', { firstName: 'ü'.repeat(200), lastName: '𠮷'.repeat(200) }],
  ])('let an admin %s sign in without being asked to complete a profile', async (_, spec) => {
    const { id, context, verify } = await tenant(spec);
    expect(failed(await verify())).toEqual([]);
    // A separate client, because the suite's token lasts only a minute.
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

  test('fail the password check with a different password', async () => {
    const { verify } = await tenant();
    expect(failed(await verify('definitely-another-1'))).toEqual(['identity.password']);
  });

  test('pass when concurrent attempts of several workers check the same admin', async () => {
    const { id, verify } = await tenant();
    const attempts = [0, 1, 2].map(async (number) => {
      await setTimeout(number * 40);
      return failed(await verify(undefined, createKeycloak(settingsOf())));
    });
    expect(await Promise.all(attempts)).toEqual([[], [], []]);
    expect(await client.attackDetection.findOne({ id })).toMatchObject({ disabled: false });
  });

  test('pass although logins of abandoned attempts reach Keycloak late', async () => {
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

  test('pass although Keycloak refused a login as it does for a locked account', async () => {
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

  test('fail the checks when the admin has an extra role or group', async () => {
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

  test('allow the same person to be the first admin of two tenants', async () => {
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

  // Keycloak refuses about one in eight pairs of concurrent requests that assign the same roles: keycloak/keycloak#45434.
  test('have the roles of their groups even if several attempts assign them at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const tenantId = newTenantId();
      tenants.push(tenantId);
      const groups = resourceContext(keycloak.groups, 'global', { groups: GROUPS }, tenantId);
      await Promise.all([1, 2, 3, 4].map(() => keycloak.groups.create(groups)));
      expect((await keycloak.groups.find(groups)).state).toBe('present');
    }
  });

  test('get a new temporary password that replaces the old one', async () => {
    const { tenantId, context, verify } = await tenant();
    await keycloak.replacePassword(tenantId, 'Replaced-password-1', context.signal);
    expect(failed(await verify())).toEqual(['identity.password']);
    expect(failed(await verify('Replaced-password-1'))).toEqual([]);
  });

  test('are removed with the organization if marked as the tenant’s, and stay otherwise', async () => {
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

  test('refuse a foreign role, because it could carry any permission', async () => {
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

  test('report an address that Keycloak refuses by member, without the address', async () => {
    const tenantId = newTenantId();
    tenants.push(tenantId);
    await makeSurroundings(keycloak, tenantId);
    const email = `${'x'.repeat(65)}@example.com`;
    const admin = resourceContext(keycloak.adminUser, 'global', { ...adminSpec(tenantId), email }, tenantId);
    const error: unknown = await keycloak.adminUser.create(admin).catch((thrown: unknown) => thrown);
    const classified = keycloak.classify(error, 'idp-admin-user');
    expect(classified).toMatchObject({ type: 'ProviderRefused', nonRetryable: true });
    expect(classified?.message).toContain('email: error-invalid-email');
    expect(JSON.stringify(classified) + String(classified?.cause)).not.toContain('@example.com');
  });

  test('open at a Keycloak page with the user name filled in when there is no application', async () => {
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

  test('is made once by four workers that start together, and repaired after a manual change', async () => {
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

  test('requires a code challenge, redirects only to the application, and has no open registration', async () => {
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
