import { faults } from './orders';

test.each<[unknown, string]>([
  [{ a: { b: { c: { d: { e: {} } } } } }, '/a/b/c/d/e'],
  [{ a: [[[[[1]]]]] }, '/a/0/0/0/0'],
  [Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`k${index}`, 1])), ''],
  [{ text: 'x'.repeat(17_000) }, ''],
  [JSON.parse('{"__proto__":{"admin":true}}'), '/__proto__'],
  [JSON.parse('{"a":[{"__proto__":1}]}'), '/a/0/__proto__'],
  [{ constructor: 1 }, '/constructor'],
  [{ 'a/b~c': 1 }, '/a~1b~0c'],
  [{ '': 1 }, '/'],
  [{ 'drop table': 1 }, '/drop table'],
  [{ a: 'x\0' }, '/a'],
  [{ a: ['x\ud800'] }, '/a/0'],
  [{ a: 'x\u202ey' }, '/a'],
  [{ a: JSON.parse('12345678901234567890') as number }, '/a'],
  [{ a: Number.POSITIVE_INFINITY }, '/a'],
  [{ a: undefined }, '/a'],
  [[], ''],
  ['text', ''],
  [null, ''],
])('settings and customizations cannot be %j', (value, at) => {
  expect(faults(['configuration', 'settings'], value)).toEqual([`/configuration/settings${at}`]);
  expect(faults(['customizations'], value)).toEqual([`/customizations${at}`]);
});
