import { groupsByRules } from '../../../contract/identity/sso';

const rules = [
  { claim: 'groups', value: 'IT', group: 'admins' },
  { claim: 'groups', value: 'Sales', group: 'members' },
  { claim: 'department', value: '7', group: 'auditors' },
];

describe('the groups that rules give', () => {
  test.each([
    ['one value of a list', { groups: ['IT', 'HR'] }, ['admins']],
    ['a single value', { groups: 'Sales' }, ['members']],
    ['a number', { department: 7 }, ['auditors']],
    ['several', { groups: ['Sales', 'IT'], department: '7' }, ['admins', 'members', 'auditors']],
    ['a part of a value', { groups: ['IT-external'] }, []],
    ['another letter case', { groups: ['it'] }, []],
    ['an object', { groups: { IT: true } }, []],
    ['no claims', {}, []],
  ])('%s', (_, claims, expected) => {
    expect(groupsByRules({ groups: [], rules }, claims)).toEqual(expected);
  });

  test('come after those that everyone is in, each once', () => {
    expect(groupsByRules({ groups: ['members'], rules }, { groups: ['Sales', 'IT'] })).toEqual(['members', 'admins']);
  });
});
