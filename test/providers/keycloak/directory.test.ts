import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newTenantId } from '../../../contract/ids';
import { createKeycloakDirectory } from '../../../providers/keycloak/directory/directory';
import type { Directory, DirectoryCall, PersonDetails } from '../../../providers/port/directory';
import { ACCOUNT_DISABLED, PASSWORD, SIGNED_IN, startPeople, type People } from './people';
import { settingsFor } from './realm';

const PLAN = { maxUsers: 100, groups: ['members'] };
const ALL = { first: 0, max: 100 };
const HTML = { 'content-type': 'text/html' };
const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
const TOKEN = `${part({ alg: 'none' })}.${part({ exp: 4_102_444_800 })}.`;

describe('a tenant’s directory on Keycloak', () => {
  let people: People;
  let directory: Directory;

  beforeAll(async () => {
    people = await startPeople('directory-tests');
    directory = createKeycloakDirectory(settingsFor('directory-tests'));
  });
  afterEach(() => people.clear());

  const callOf = (tenantId: string): DirectoryCall => ({ tenantId, signal: AbortSignal.timeout(60_000) });
  const details = (userName: string, more: Partial<PersonDetails> = {}): PersonDetails => ({
    userName,
    givenName: 'Alice',
    familyName: 'O’Davis',
    email: 'alice@example.com',
    active: true,
    ...more,
  });
  const create = async (call: DirectoryCall, given: PersonDetails) => {
    const made = await directory.people.create(call, given, PLAN);
    if (made.outcome !== 'created') throw new Error(made.outcome);
    return made.person;
  };
  const createGroup = async (call: DirectoryCall, displayName: string) => {
    const made = await directory.groups.create(call, { displayName });
    if (made.outcome !== 'created') throw new Error(made.outcome);
    return made.group;
  };
  const passwordFor = (id: string) =>
    people.client.users.resetPassword({ id, credential: { type: 'password', temporary: false, value: PASSWORD } });

  test('a person is a member of the organization and of the plan’s groups, with every detail', async () => {
    const { tenantId, orgId } = await people.tenant();
    const call = callOf(tenantId);
    const given = details('Alice@Example.com', { externalId: 'c1f4 "no', displayName: 'Alice in IT' });
    await expect(directory.people.create(call, { ...given, externalId: undefined }, PLAN)).resolves.toMatchObject({
      outcome: 'created',
    });
    const [listed] = (await directory.people.list(call, { userName: 'ALICE@example.COM' }, ALL)).entries;
    expect(listed).toMatchObject({ ...given, externalId: undefined });
    const members = await people.client.organizations.listMembers({ orgId });
    expect(members.map(({ id }) => id)).toContain(listed!.id);
    const groups = await people.client.users.listGroups({ id: listed!.id });
    expect(groups.map(({ path }) => path)).toEqual([`/t-${tenantId}/members`]);
  });

  test('two tenants’ people of one name never meet, and are not seen from the other side', async () => {
    const [mine, other] = [await people.tenant(), await people.tenant()];
    const [call, foreign] = [callOf(mine.tenantId), callOf(other.tenantId)];
    const [alice, namesake] = [
      await create(call, details('alice', { externalId: 'ext-1' })),
      await create(foreign, details('alice', { externalId: 'ext-1' })),
    ];
    const group = await createGroup(foreign, 'Engineering');
    expect(alice.id).not.toBe(namesake.id);
    for (const query of [{}, { userName: 'alice' }, { externalId: 'ext-1' }, { id: alice.id }])
      expect((await directory.people.list(call, query, ALL)).entries.map(({ id }) => id)).toEqual([alice.id]);
    expect(await directory.people.read(call, namesake.id)).toBeUndefined();
    expect(await directory.people.read(call, other.admin.id)).toBeUndefined();
    expect(await directory.people.replace(call, namesake.id, details('alice', { active: false }))).toEqual({
      outcome: 'absent',
    });
    expect(await directory.people.remove(call, namesake.id)).toBe(false);
    expect(await directory.people.remove(call, mine.admin.id)).toBe(false);
    expect(await directory.groups.read(call, group.id)).toBeUndefined();
    expect(await directory.groups.remove(call, group.id)).toBe(false);
    expect(await directory.groups.changeMembers(call, group.id, { add: [alice.id], remove: [] })).toBe('absent');
    expect(await directory.groups.changeMembers(foreign, group.id, { add: [alice.id], remove: [] })).toBe(
      'no-such-person',
    );
    expect(await directory.groups.members(foreign, group.id)).toEqual([]);
    expect(await directory.people.read(foreign, namesake.id)).toMatchObject({ active: true });
  });

  test('a name is given once, also to requests side by side, and can be changed', async () => {
    const call = callOf((await people.tenant()).tenantId);
    const made = await Promise.all([1, 2, 3].map(() => directory.people.create(call, details('bob'), PLAN)));
    expect(made.map(({ outcome }) => outcome).sort()).toEqual(['created', 'name-in-use', 'name-in-use']);
    const carol = await create(call, details('carol'));
    expect(await directory.people.replace(call, carol.id, details('BOB'))).toEqual({ outcome: 'name-in-use' });
    const renamed = await directory.people.replace(call, carol.id, details('Caroline', { email: undefined }));
    expect(renamed).toMatchObject({ outcome: 'replaced', person: { id: carol.id, userName: 'Caroline' } });
    expect(await directory.people.list(call, { userName: 'caroline' }, ALL)).toMatchObject({ total: 1 });
    expect(await directory.people.list(call, { userName: 'carol' }, ALL)).toMatchObject({ total: 0 });
    expect((await directory.people.read(call, carol.id))?.email).toBeUndefined();
  });

  test('people cannot change the user names by which they are found', async () => {
    const call = callOf((await people.tenant()).tenantId);
    const { id } = await create(call, details('fixed'));
    await passwordFor(id);
    const { username } = (await people.client.users.findOne({ id }))!;
    const { access_token: token } = await people.signIn({ username: username! });
    const answer = await fetch(`${settingsFor('directory-tests').url}/realms/directory-tests/account/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin-of-another', firstName: 'A', lastName: 'B', email: 'alice@example.com' }),
    });
    expect(answer.status).toBe(400);
    expect((await people.client.users.findOne({ id }))!.username).toBe(username);
  });

  test('a user name that Keycloak would refuse is kept as it is', async () => {
    const call = callOf((await people.tenant()).tenantId);
    const userName = `Zoë O'Hara <${'x'.repeat(150)}@example.com>`;
    const { id } = await create(call, details(userName));
    expect(await directory.people.read(call, id)).toMatchObject({ userName });
    expect(await directory.people.list(call, { userName: userName.toUpperCase() }, ALL)).toMatchObject({ total: 1 });
  });

  test('a person who is made inactive is signed out and cannot sign in until active again', async () => {
    const { tenantId } = await people.tenant();
    const call = callOf(tenantId);
    const { id } = await create(call, details('dora'));
    await passwordFor(id);
    const { username } = (await people.client.users.findOne({ id }))!;
    const person = { id, username: username! };
    const tokens = await people.signIn(person, 'openid offline_access');
    expect(tokens.refresh_token).toBeDefined();
    await directory.people.replace(call, id, details('dora', { active: false }));
    expect((await people.refresh(tokens)).error_description).toBeDefined();
    expect(await people.login(person)).toBe(ACCOUNT_DISABLED);
    await directory.people.replace(call, id, details('dora'));
    expect((await people.refresh(tokens)).error_description).toBeDefined();
    expect(await people.login(person)).toBe(SIGNED_IN);
  });

  test('the plan’s limit counts people of this tenant, and lists are read in pages', async () => {
    const [call, other] = [callOf((await people.tenant()).tenantId), callOf((await people.tenant()).tenantId)];
    await create(other, details('elsewhere'));
    for (const name of ['p1', 'p2', 'p3']) await create(call, details(name, { externalId: `x-${name}` }));
    expect(await directory.people.create(call, details('p4'), { ...PLAN, maxUsers: 3 })).toEqual({ outcome: 'full' });
    const names = async (first: number, max: number) => {
      const { total, entries } = await directory.people.list(call, {}, { first, max });
      return [total, ...entries.map(({ userName }) => userName)];
    };
    expect(await names(0, 2)).toEqual([3, 'p1', 'p2']);
    expect(await names(2, 2)).toEqual([3, 'p3']);
    expect(await names(0, 0)).toEqual([3]);
    expect(await directory.people.list(call, { externalId: 'x-p2' }, ALL)).toMatchObject({ total: 1 });
    expect(await directory.people.list(call, { externalId: 'X-P2' }, ALL)).toMatchObject({ entries: [] });
  });

  test('groups have members, names of their own and no roles', async () => {
    const { tenantId } = await people.tenant();
    const call = callOf(tenantId);
    const [erin, frank] = [await create(call, details('erin')), await create(call, details('frank'))];
    const group = await createGroup(call, 'admins');
    expect(await directory.groups.create(call, { displayName: 'admins' })).toEqual({ outcome: 'name-in-use' });
    await directory.groups.changeMembers(call, group.id, { add: [erin.id, frank.id], remove: [] });
    await directory.groups.changeMembers(call, group.id, { add: [erin.id], remove: [frank.id, newTenantId()] });
    expect((await directory.groups.members(call, group.id))!.map(({ id }) => id)).toEqual([erin.id]);
    const roles = await people.client.users.listCompositeRealmRoleMappings({ id: erin.id });
    expect(roles.map(({ name }) => name)).not.toContain('tenant-admin');
    expect(roles.map(({ name }) => name)).toContain('tenant-member');
    await directory.groups.replace(call, group.id, { displayName: 'IT / Berlin', externalId: 'g-1' });
    expect(await directory.groups.read(call, group.id)).toEqual({
      id: group.id,
      displayName: 'IT / Berlin',
      externalId: 'g-1',
    });
    for (const query of [{ displayName: 'it / berlin' }, { externalId: 'g-1' }, { member: erin.id, id: group.id }])
      expect(await directory.groups.list(call, query, ALL)).toMatchObject({ total: 1 });
    expect(await directory.groups.list(call, { member: frank.id }, ALL)).toMatchObject({ total: 0 });
    expect(await directory.groups.remove(call, group.id)).toBe(true);
    expect(await directory.groups.read(call, group.id)).toBeUndefined();
    expect(await directory.people.read(call, erin.id)).toBeDefined();
  });

  test('people and groups go together with the tenant’s organization and groups', async () => {
    const { tenantId, orgId } = await people.tenant();
    const call = callOf(tenantId);
    const { id } = await create(call, details('grace'));
    const group = await createGroup(call, 'Support');
    await directory.groups.changeMembers(call, group.id, { add: [id], remove: [] });
    await people.clear();
    expect(await people.client.users.findOne({ id })).toBeNull();
    expect(await people.client.groups.findOne({ id: group.id })).toBeNull();
    await expect(people.client.organizations.listMembers({ orgId })).rejects.toThrow();
    await expect(directory.people.create(call, details('grace'), PLAN)).rejects.toMatchObject({
      type: 'ProviderUnavailable',
    });
  });

  test.each<[string, RequestListener]>([
    ['a proxy’s page with status 404', (_, response) => void response.writeHead(404, HTML).end('<h1>Not found</h1>')],
    ['a proxy’s page with status 200', (_, response) => void response.writeHead(200, HTML).end('<h1>Welcome</h1>')],
    ['a broken connection', (request) => void request.socket.destroy()],
  ])('%s is a failure, and never the absence of a person', async (_, answer) => {
    const server = createServer((request, response) => {
      if (!request.url?.endsWith('/token')) return answer(request, response);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: TOKEN, expires_in: 60 }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const strange = createKeycloakDirectory({ url, realm: 'none', clientId: 'none', clientSecret: 'none' });
      const call = callOf(newTenantId());
      const id = 'd0e1f2a3-0000-4000-8000-000000000000';
      const failed = { type: expect.stringMatching(/^(OutcomeUnknown|AnswerLost|ProviderUnavailable)$/) as string };
      await expect(strange.people.read(call, id)).rejects.toMatchObject(failed);
      await expect(strange.people.list(call, { userName: 'alice' }, ALL)).rejects.toMatchObject(failed);
      await expect(strange.people.list(call, {}, ALL)).rejects.toMatchObject(failed);
      await expect(strange.people.remove(call, id)).rejects.toMatchObject(failed);
      await expect(strange.groups.read(call, id)).rejects.toMatchObject(failed);
      await expect(strange.groups.list(call, {}, ALL)).rejects.toMatchObject(failed);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
