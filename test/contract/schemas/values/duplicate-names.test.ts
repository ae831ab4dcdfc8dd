import { duplicateNames } from '../../../../contract/schemas/values/duplicate-names';

test.each<[string, string[]]>([
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', []],
  ['{"a":"a","b":"\\"a\\":1,\\"a\\":2","c":"{\\"x\\":1,\\"x\\":2}"}', []],
  ['"a"', []],
  ['[]', []],
  ['{"a":1,"a":1}', ['/a']],
  ['{"a":1,"\\u0061":2}', ['/a']],
  ['{"a" :1,\n"a"\t:{"x":1}}', ['/a']],
  ['{"x":[0,{"y":{"k/~":1,"k/~":2}}]}', ['/x/1/y/k~1~0']],
  ['{"__proto__":1,"__proto__":{"a":1}}', ['/__proto__']],
  ['{"a":{"__proto__":1,"b":[],"__proto__":2},"c":1,"c":2}', ['/a/__proto__', '/c']],
  ['{"a":[{},{}],"b":{},"a":1}', ['/a']],
  ['{"":1,"":2}', ['/']],
])('in %s these names are duplicates: %j', (json, pointers) => {
  expect(duplicateNames(json)).toEqual(pointers);
});

test('deep and large documents do not overflow the stack, and thousands of duplicates give a short answer', () => {
  const deep = 30_000;
  expect(duplicateNames('{"a":'.repeat(deep) + '{"b":1,"b":2}' + '}'.repeat(deep))).toHaveLength(1);
  expect(duplicateNames(`{"a":"${'\\"x'.repeat(500_000)}","a":1}`)).toEqual(['/a']);
  expect(
    duplicateNames(`{${Array.from({ length: 2000 }, (_, index) => `"k${index % 1000}":1`).join(',')}}`),
  ).toHaveLength(20);
});
