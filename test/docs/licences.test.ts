import { licences, PERMISSIVE } from '../../scripts/licences-table';

test('every package that ships has a permissive licence', () => {
  const others = [...licences()].filter(([licence]) => !PERMISSIVE.includes(licence));
  expect(Object.fromEntries(others)).toEqual({});
});
