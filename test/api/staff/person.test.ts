import { personOf } from '../../../api/staff/person';
import { groupRoles } from '../../../api/staff/settings';

const SETTINGS = {
  groupsClaim: 'groups',
  usernameClaim: 'preferred_username',
  roles: groupRoles({ viewers: ['tenants:read'], operators: ['operations:operate', 'tenants:read'], none: [] }),
};
const SUB = '4f1c9e2a-0000-4000-8000-000000000000';

test.each([
  ['the user name', { preferred_username: 'ada.lovelace' }, 'user:ada.lovelace'],
  ['the subject, if the user name is an e-mail address', { preferred_username: 'ada@example.com' }, `user:${SUB}`],
  ['the subject, if there is no user name', {}, `user:${SUB}`],
  ['the subject, if the user name would look like another id', { preferred_username: 'token:signup' }, `user:${SUB}`],
  ['the subject, if the user name is no text', { preferred_username: ['ada'] }, `user:${SUB}`],
])('a person is named by %s', (_, claims, id) => {
  expect(personOf({ sub: SUB, ...claims }, SETTINGS).id).toBe(id);
});

test('a subject that is an e-mail address is hashed, always to the same id', () => {
  const [one, again, other] = ['ada@example.com', 'ada@example.com', 'eve@example.com'].map(
    (sub) => personOf({ sub }, SETTINGS).id,
  );
  expect(one).toMatch(/^user:[\w-]{22}$/);
  expect(again).toBe(one);
  expect(other).not.toBe(one);
});

test('where user names can change, people are named by their subject', () => {
  const claims = { sub: SUB, preferred_username: 'ada' };
  expect(personOf(claims, { ...SETTINGS, usernameClaim: 'sub' }).id).toBe(`user:${SUB}`);
});

test.each([
  ['the roles of all groups, each once', ['operators', 'viewers'], ['tenants:read', 'operations:operate']],
  ['those of a single group that comes as text', 'viewers', ['tenants:read']],
  ['none for unknown groups', ['admins', 'constructor', '__proto__', 7, null], []],
  ['none without groups', undefined, []],
  ['none for an object', { viewers: true }, []],
])('a person has %s', (_, groups, roles) => {
  expect(personOf({ sub: SUB, groups }, SETTINGS).roles).toEqual(roles);
});

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  ['\u202eAda\u0000', 'Ada'],
  ['ada@example.com', SUB],
  ['', SUB],
  [undefined, SUB],
  ['x'.repeat(500), 'x'.repeat(100)],
])('the name %j is shown as %j', (name, shown) => {
  expect(personOf({ sub: SUB, name }, SETTINGS).name).toBe(shown);
});

test('roles that do not exist are refused, each with its group', () => {
  expect(() => groupRoles({ a: ['tenants:read', 'tenants:write'], b: ['root'] })).toThrow(
    /tenants:write of the group a, root of the group b/,
  );
});
