import { newTenantId } from '../../../contract/ids';
import { createKeycloakDirectory } from '../../../providers/keycloak/directory/directory';
import { startApiHarness, type ApiHarness } from '../../helpers/api';
import { hasPostgres } from '../../helpers/registry';
import { expectScimError, type ScimClient } from '../../helpers/scim/client';
import { entraCycle, oktaCycle } from '../../helpers/scim/cycles';
import { scimTenant } from '../../helpers/scim/tenant';
import { startPeople, type People } from '../../providers/keycloak/people';
import { makeSurroundings, removeAll, settingsFor } from '../../providers/keycloak/realm';

const REALM = 'directory-e2e-tests';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('directories on Keycloak: not run, this machine has no PostgreSQL');

suite('a customer’s directory, from SCIM to Keycloak', () => {
  let api: ApiHarness;
  let people: People;
  const tenants: string[] = [];

  beforeAll(async () => {
    people = await startPeople(REALM);
    api = await startApiHarness({ directory: createKeycloakDirectory(settingsFor(REALM)) });
  });
  afterEach(async () => {
    for (const tenantId of tenants.splice(0)) await removeAll(people.keycloak, tenantId);
  });
  afterAll(() => api?.stop());

  const tenant = async (): Promise<ScimClient> => {
    const { tenantId, client } = await scimTenant(api);
    tenants.push(tenantId);
    await makeSurroundings(people.keycloak, tenantId);
    return client;
  };
  const inOrganization = async (tenantId: string): Promise<string[]> => {
    const [organization] = await people.client.organizations.find({ search: `t-${tenantId}`, exact: true });
    const members = await people.client.organizations.listMembers({ orgId: organization!.id!, max: 1000 });
    return members.map(({ id }) => id!).sort();
  };

  test('a provisioning cycle of Microsoft Entra ID leaves no account', async () => {
    const client = await tenant();
    await entraCycle(client);
    expect(await inOrganization(client.tenantId)).toEqual([]);
  });

  test('a provisioning cycle of Okta leaves a disabled account', async () => {
    const client = await tenant();
    await oktaCycle(client);
    const [id] = await inOrganization(client.tenantId);
    expect((await people.client.users.findOne({ id: id! }))!.enabled).toBe(false);
  });

  test('two tenants provision the same people, and neither sees or changes the other’s', async () => {
    const [mine, other] = [await tenant(), await tenant()];
    const user = { userName: 'alice@example.com', externalId: 'x-1' };
    const id = ((await mine.post('/Users', user)).body as { id: string }).id;
    const foreign = ((await other.post('/Users', user)).body as { id: string }).id;
    expect(await mine.find('/Users', 'userName eq "alice@example.com"')).toMatchObject([{ id }]);
    expect(await mine.find('/Users', 'externalId eq "x-1"')).toMatchObject([{ id }]);
    for (const answer of [
      await mine.get(`/Users/${foreign}`),
      await mine.patch(`/Users/${foreign}`, { op: 'replace', path: 'active', value: false }),
      await mine.put(`/Users/${foreign}`, user),
      await mine.delete(`/Users/${foreign}`),
    ])
      expectScimError(answer, 404);
    expect((await people.client.users.findOne({ id: foreign }))!.enabled).toBe(true);
  });

  test('fifty people are provisioned into groups, eight at a time, and go with the tenant', async () => {
    const client = await tenant();
    const ids: string[] = [];
    const names = Array.from({ length: 50 }, (_, n) => `person-${n}@example.com`);
    const worker = async (): Promise<void> => {
      for (let userName = names.pop(); userName !== undefined; userName = names.pop()) {
        const { status, body } = await client.post('/Users', { userName });
        expect(status).toBe(201);
        ids.push((body as { id: string }).id);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const halves = [ids.slice(0, 25), ids.slice(25)];
    for (const [index, half] of halves.entries()) {
      const members = half.map((value) => ({ value }));
      const group = (await client.post('/Groups', { displayName: `Group ${index}`, members })).body as { id: string };
      const read = (await client.get(`/Groups/${group.id}`)).body as { members: { value: string }[] };
      expect(read.members.map(({ value }) => value).sort()).toEqual([...half].sort());
    }
    expect(await inOrganization(client.tenantId)).toEqual([...ids].sort());
    expect((await client.get('/Users?count=0')).body).toMatchObject({ totalResults: 50 });
    await removeAll(people.keycloak, client.tenantId);
    expect(await people.client.users.find({ q: `directoryOf:${client.tenantId}` })).toEqual([]);
    const top = people.client.realms.getGroupByPath({ realm: REALM, path: `t-${client.tenantId}` });
    await expect(top).rejects.toMatchObject({ response: { status: 404 } });
  });

  test('a value that Keycloak refuses is the client’s fault, and a tenant without an organization is not', async () => {
    const client = await tenant();
    const emails = [{ value: 'not an address' }];
    expectScimError(await client.post('/Users', { userName: 'wrong', emails }), 400, 'invalidValue');
    expect(await client.find('/Users', 'userName eq "wrong"')).toEqual([]);
    await removeAll(people.keycloak, client.tenantId);
    expectScimError(await client.post('/Users', { userName: `late-${newTenantId()}` }), 503);
  });
});
