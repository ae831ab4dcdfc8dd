import { KEPT_ACCOUNTS } from '../../../providers/keycloak/access/member-removal';
import { startCompany } from './company';
import { startPeople, type People } from './people';

describe('the people of a tenant that is removed from Keycloak', () => {
  let people: People;
  beforeAll(async () => {
    people = await startPeople('member-removal-tests');
  });
  afterEach(() => people.clear());

  const exists = async ({ id }: { id: string }) => (await people.client.users.findOne({ id }))?.id === id;

  test('accounts that were not made for the tenant stay, can sign in, and are counted with the reason', async () => {
    const { client, keycloak } = people;
    const [leaving, neighbour] = [await people.tenant(), await people.tenant()];
    const { orgId, context } = leaving;
    const invited = await people.person({ orgId });
    const disabled = await people.person({ orgId, enabled: false });
    const elsewhere = await people.person({ orgId });
    await client.organizations.addMember({ orgId: neighbour.orgId, userId: elsewhere.id });
    await client.organizations.addMember({ orgId, userId: neighbour.admin.id });
    const staff = await people.person({ orgId });
    const role = await client.roles.findOneByName({ name: 'tenant-admin' });
    await client.users.addRealmRoleMappings({ id: staff.id, roles: [{ id: role!.id!, name: role!.name! }] });
    const stranger = await people.person();
    await leaving.set('closed');
    expect(await keycloak.organization.keeps!(context)).toEqual({
      [KEPT_ACCOUNTS]: { 'another-tenant': 1, 'another-organization': 1, 'rights-of-its-own': 1, 'not-made-here': 2 },
    });
    await keycloak.organization.remove(context);
    expect(await exists(leaving.admin)).toBe(false);
    const stay = [invited, disabled, elsewhere, neighbour.admin, staff, stranger];
    expect(await Promise.all(stay.map(exists))).toEqual(stay.map(() => true));
    expect(await people.logins([invited, elsewhere, neighbour.admin, staff])).toEqual(Array(4).fill('signed in'));
    expect(await people.login(disabled)).toBe('Account disabled');
    expect(await keycloak.organization.keeps!(context)).toBeUndefined();
  }, 120_000);

  test('a managed member goes with the organization, but not while another organization has that person', async () => {
    const { client, keycloak } = people;
    const [leaving, neighbour] = [await people.tenant(), await people.tenant()];
    const company = await startCompany(people, leaving);
    try {
      expect(await company.signIn()).toBe('signed in');
      const [managed] = await client.users.find({ username: company.username, exact: true });
      const person = { id: managed!.id! };
      await client.organizations.addMember({ orgId: neighbour.orgId, userId: person.id });
      const remove = () => keycloak.organization.remove({ ...leaving.context, signal: AbortSignal.timeout(60_000) });
      await expect(remove()).rejects.toMatchObject({ type: 'ProviderRefused' });
      expect(await exists(person)).toBe(true);
      await client.organizations.delMember({ orgId: neighbour.orgId, userId: person.id });
      await remove();
      expect(await exists(person)).toBe(false);
    } finally {
      await company.stop();
    }
  }, 120_000);
});
