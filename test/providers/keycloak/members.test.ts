import { marks } from '../../../providers/keycloak/marks';
import { GROUPS } from './realm';
import { startPeople, type People } from './people';

describe('the people of a tenant on Keycloak, as an export has them', () => {
  let people: People;
  const signal = AbortSignal.timeout(120_000);

  beforeAll(async () => {
    people = await startPeople('members-tests');
  });
  afterEach(() => people.clear());

  test('members, groups and roles of a closed tenant are read, without passwords and without a neighbour’s', async () => {
    const { keycloak } = people;
    const [leaving, neighbour] = [await people.tenant(), await people.tenant()];
    const member = await people.person({ orgId: leaving.orgId });
    const own = await people.person({ attributes: marks(leaving.tenantId) });
    await people.person({ orgId: neighbour.orgId });
    await leaving.set('closed');
    const { users, groups } = await keycloak.readMembers(leaving.tenantId, signal);
    expect(users.map(({ username }) => username).sort()).toEqual(
      [leaving.admin, member, own].map(({ username }) => username).sort(),
    );
    const top = `/t-${leaving.tenantId}`;
    expect(users.find(({ id }) => id === leaving.admin.id)).toMatchObject({
      firstName: 'Sammy',
      lastName: 'O’Davis, Jr.',
      groups: [`${top}/admins`],
    });
    expect(groups.map(({ path, roles }) => ({ path, roles }))).toEqual([
      { path: top, roles: [] },
      ...GROUPS.map(({ name, roles }) => ({ path: `${top}/${name}`, roles })),
    ]);
    expect(JSON.stringify(users)).not.toMatch(/credential|password|secret/i);
  });

  test('a tenant that has nobody has empty lists', async () => {
    expect(await people.keycloak.readMembers('k3v9x2m4q7w8r5ta', signal)).toEqual({ users: [], groups: [] });
  });
});
