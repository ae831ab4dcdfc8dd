import { newTenantId } from '../../../contract/ids';
import { SSO_KIND, type SsoConnection } from '../../../contract/identity/sso';
import type { Access } from '../../../contract/tenants/access';
import { createKeycloakDirectory } from '../../../providers/keycloak/directory/directory';
import { signInByAddress, startCompanyRealm, type CompanyRealm } from '../../helpers/providers/keycloak/company-realm';
import { formAction } from '../../helpers/browser/link-browser';
import { describeKind, resourceContext } from '../kind-suite';
import { startPeople, type People } from './people';
import { makeSurroundings, removeAll, settingsFor } from './realm';

const REALM = 'sso-tests';

let started: Promise<People> | undefined;
const ready = (): Promise<People> => (started ??= startPeople(REALM));

describeKind('idp-sso on Keycloak', async () => {
  const { keycloak, client } = await ready();
  return {
    kind: keycloak.sso,
    region: 'global',
    spec: async (tenantId) => {
      await makeSurroundings(keycloak, tenantId);
      return {};
    },
    teardown: (tenantId) => removeAll(keycloak, tenantId),
    exists: async ({ name }) => (await client.identityProviders.findOne({ alias: name })) !== null,
    makePartial: async ({ name, tenantId }) => {
      const config = { 'managed-by': 'tenant-provisioner', tenantId };
      await client.identityProviders.create({ alias: name, providerId: 'oidc', enabled: false, config });
    },
    makeForeign: async ({ name }) => {
      await client.identityProviders.create({ alias: name, providerId: 'oidc', enabled: false });
      return () => client.identityProviders.del({ alias: name });
    },
  };
});

describe('single sign-on of a tenant on Keycloak', () => {
  let people: People;
  let acme: CompanyRealm;
  let count = 0;

  beforeAll(async () => {
    people = await ready();
    acme = await startCompanyRealm(people.client, `acme-${newTenantId()}`);
  }, 240_000);
  afterEach(() => people.clear());
  afterAll(() => acme?.stop());

  /** A tenant with an identity provider, which is given its connections under names. */
  const tenant = async () => {
    const made = await people.tenant();
    const { tenantId } = made;
    const { sso } = people.keycloak;
    const context = resourceContext(sso, 'global', {}, tenantId);
    const { id } = await sso.create(context);
    const fresh = () => ({ ...context, id, signal: AbortSignal.timeout(60_000) });
    const give = async (name: string | null, access: Access = 'open') =>
      sso.update!({ ...fresh(), spec: undefined }, { access, sso: name });
    const seal = (name: string, connection: SsoConnection) => context.secrets.store(name, JSON.stringify(connection));
    const connect = async (connection: SsoConnection, name = 'first') => {
      await seal(name, connection);
      await give(name);
    };
    const has = async (name: string) => (await sso.find({ ...fresh(), spec: { sso: name } })).state;
    return { ...made, give, connect, has, seal, context, fresh };
  };
  const person = (at: string) => {
    const username = `alice-${(count += 1)}`;
    return { username, email: `${username}@${at}` };
  };
  const accounts = async (tenantId: string) =>
    (await people.client.users.find({ username: `t-${tenantId}.`, briefRepresentation: false })).filter(
      ({ username }) => username?.startsWith(`t-${tenantId}.`),
    );
  const newDomain = () => `d${newTenantId()}.example`;

  test('someone of the company types the address, signs in there, and is a member with the tenant’s name and marks', async () => {
    const { tenantId, orgId, connect, has } = await tenant();
    const domains = [newDomain(), newDomain()];
    await connect(acme.connection({ domains, groups: ['members'] }));
    expect(await has('first')).toBe('present');
    for (const domain of domains) {
      const alice = person(domain);
      await acme.hire(alice);
      expect((await signInByAddress(REALM, alice)).at).toBe('application');
      const [account] = (await accounts(tenantId)).filter(({ email }) => email === alice.email);
      expect(account).toMatchObject({
        username: `t-${tenantId}.${alice.email}`,
        attributes: { tenantId: [tenantId] },
      });
      const groups = await people.client.users.listGroups({ id: account!.id! });
      expect(groups.map(({ path }) => path)).toEqual([`/t-${tenantId}/members`]);
      const members = await people.client.organizations.listMembers({ orgId });
      expect(members.map(({ id }) => id)).toContain(account!.id);
    }
  }, 180_000);

  test('someone whose company sends a foreign address is refused, whatever they type on our page, and gets no account', async () => {
    const { tenantId, connect } = await tenant();
    const domain = newDomain();
    await connect(acme.connection({ domains: [domain] }));
    const mallory = person(domain);
    await acme.hire({ ...mallory, email: `${mallory.username}@bigcorp.example` });
    const { at, visit, browser } = await signInByAddress(REALM, mallory);
    expect(at).toBe('our page');
    const action = formAction(visit);
    for (const email of [mallory.email, `other@${domain}`]) {
      if (action === undefined) break;
      const again = await browser.open(action, {
        email,
        firstName: 'Mal',
        lastName: 'Lory',
        username: mallory.username,
      });
      expect(again.status).not.toBe(0);
    }
    expect(await accounts(tenantId)).toEqual([]);
  }, 180_000);

  test('two customers’ alice never meet, although their companies give them the same name and subject', async () => {
    const [mine, other] = [await tenant(), await tenant()];
    const [mineAt, otherAt] = [newDomain(), newDomain()];
    await mine.connect(acme.connection({ domains: [mineAt] }));
    await other.connect(acme.connection({ domains: [otherAt] }));
    const alice = person(mineAt);
    await acme.hire(alice);
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    await acme.hire({ ...alice, email: `${alice.username}@${otherAt}` });
    expect((await signInByAddress(REALM, { ...alice, email: `${alice.username}@${otherAt}` })).at).toBe('application');
    const ids = [
      (await accounts(mine.tenantId)).map(({ id }) => id),
      (await accounts(other.tenantId)).map(({ id }) => id),
    ];
    expect(ids.map((each) => each.length)).toEqual([1, 1]);
    expect(ids[0]).not.toEqual(ids[1]);
  }, 180_000);

  test('an account that the company’s directory has provisioned is the one that its owner signs in to', async () => {
    const { tenantId, connect } = await tenant();
    const domain = newDomain();
    await connect(acme.connection({ domains: [domain] }));
    const alice = person(domain);
    await acme.hire(alice);
    const directory = createKeycloakDirectory(settingsFor(REALM));
    const made = await directory.people.create(
      { tenantId, signal: AbortSignal.timeout(60_000) },
      { userName: alice.email, email: alice.email, givenName: 'Ada', familyName: 'Lovelace', active: true },
      { maxUsers: 10, groups: ['members'] },
    );
    if (made.outcome !== 'created') throw new Error(made.outcome);
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    expect((await accounts(tenantId)).map(({ id }) => id)).toEqual([made.person.id]);
  }, 180_000);

  test('groups follow the rules at every login', async () => {
    const { tenantId, connect } = await tenant();
    const domain = newDomain();
    const rules = [{ claim: 'groups', value: 'IT', group: 'admins' }];
    await connect(acme.connection({ domains: [domain], groups: ['members'], rules }));
    const alice = person(domain);
    const groupsOf = async () => {
      const [account] = await accounts(tenantId);
      return (await people.client.users.listGroups({ id: account!.id! })).map(({ name }) => name).sort();
    };
    await acme.hire({ ...alice, groups: ['IT', 'Sales'] });
    await signInByAddress(REALM, alice);
    expect(await groupsOf()).toEqual(['admins', 'members']);
    await acme.hire({ ...alice, groups: ['Sales'] });
    await signInByAddress(REALM, alice);
    expect(await groupsOf()).toEqual(['members']);
  }, 180_000);

  test('a connection is replaced by another, goes back to the first, and ends; what was changed by hand is noticed', async () => {
    const { tenantId, orgId, connect, give, has } = await tenant();
    const { client } = people;
    const [before, after] = [newDomain(), newDomain()];
    const domainsOf = async () =>
      ((await client.organizations.findOne({ id: orgId })).domains ?? []).map(({ name }) => name);
    await connect(acme.connection({ domains: [before], groups: ['members'] }));
    await connect(acme.connection({ domains: [after], clientId: 'another' }), 'second');
    expect([await has('first'), await has('second')]).toEqual(['partial', 'present']);
    expect(await domainsOf()).toEqual([after]);
    await give('first');
    expect([await has('first'), await domainsOf()]).toEqual(['present', [before]]);
    const shown = (await client.identityProviders.findOne({ alias: `t-${tenantId}` }))!;
    await client.identityProviders.update(
      { alias: `t-${tenantId}` },
      { ...shown, trustEmail: true, config: { ...shown.config, tokenUrl: 'https://elsewhere.example/' } },
    );
    expect(await has('first')).toBe('partial');
    await give(null);
    expect(await domainsOf()).toEqual([]);
    const alice = person(before);
    await acme.hire(alice);
    expect((await signInByAddress(REALM, alice)).at).toBe('our page');
  }, 180_000);

  test('by SAML, too, people sign in with their names and groups, and are found again after the protocol has changed', async () => {
    const { tenantId, connect, has } = await tenant();
    const domain = newDomain();
    const rules = [{ claim: 'groups', value: 'IT', group: 'admins' }];
    await connect(acme.connection({ domains: [domain] }));
    const alice = person(domain);
    await acme.hire({ ...alice, groups: ['IT', 'Sales'] });
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    const service = { realm: REALM, alias: `t-${tenantId}` };
    await connect(await acme.samlConnection({ domains: [domain], groups: ['members'], rules }, service), 'saml');
    expect([await has('first'), await has('saml')]).toEqual(['partial', 'present']);
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    const bob = person(domain);
    await acme.hire(bob);
    expect((await signInByAddress(REALM, bob)).at).toBe('application');
    const found = await accounts(tenantId);
    expect(found.map(({ email }) => email).sort()).toEqual([alice.email, bob.email].sort());
    const account = found.find(({ email }) => email === alice.email)!;
    const groups = (await people.client.users.listGroups({ id: account.id! })).map(({ name }) => name).sort();
    expect(groups).toEqual(['admins', 'members']);
    expect(found.find(({ email }) => email === bob.email)).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' });
    const mallory = person(domain);
    await acme.hire({ ...mallory, email: `${mallory.username}@bigcorp.example` });
    expect((await signInByAddress(REALM, mallory)).at).toBe('our page');
    expect(await accounts(tenantId)).toHaveLength(2);
  }, 180_000);

  test('a closed tenant’s people are refused, and come in again once it is open', async () => {
    const { tenantId, connect, give, set, context, fresh } = await tenant();
    const domain = newDomain();
    await connect(acme.connection({ domains: [domain] }));
    const alice = person(domain);
    await acme.hire(alice);
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    await set('closed');
    // As when the key is destroyed, under which the connection is sealed.
    const closing = {
      ...fresh(),
      spec: undefined,
      secrets: { ...context.secrets, read: () => Promise.reject(new Error()) },
    };
    await people.keycloak.sso.update!(closing, { access: 'closed', sso: 'first' });
    expect((await signInByAddress(REALM, alice)).at).not.toBe('application');
    await set('open');
    await give('first', 'open');
    expect((await signInByAddress(REALM, alice)).at).toBe('application');
    expect(await accounts(tenantId)).toHaveLength(1);
  }, 180_000);

  test('the secret reaches Keycloak and is in no fact', async () => {
    const { connect, fresh } = await tenant();
    await connect(acme.connection({ domains: [newDomain()] }));
    const found = await people.keycloak.sso.find({ ...fresh(), spec: { sso: 'first' } });
    expect(JSON.stringify(found)).not.toContain(acme.clientSecret);
    expect(people.keycloak.sso.kind).toBe(SSO_KIND);
  });

  test('accounts of people who came through it go with the tenant', async () => {
    const { tenantId, connect } = await tenant();
    const domain = newDomain();
    await connect(acme.connection({ domains: [domain] }));
    const alice = person(domain);
    await acme.hire(alice);
    await signInByAddress(REALM, alice);
    expect(await accounts(tenantId)).toHaveLength(1);
    await removeAll(people.keycloak, tenantId);
    expect(await accounts(tenantId)).toEqual([]);
    expect(await people.client.identityProviders.findOne({ alias: `t-${tenantId}` })).toBeNull();
  }, 180_000);
});
