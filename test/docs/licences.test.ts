import { licences, PERMISSIVE } from '../../scripts/licences-table';

test('the packages in the console’s build count as shipped', () => {
  const names = [...licences().values()].flat().map((name) => name.replace(/ [^ ]+$/, ''));
  expect(names).toEqual(expect.arrayContaining(['react-dom', 'scheduler', 'wouter', '@tanstack/query-core']));
});

test('every package that ships has a permissive licence', () => {
  const others = [...licences()].filter(([licence]) => !PERMISSIVE.includes(licence));
  expect(Object.fromEntries(others)).toEqual({});
});
