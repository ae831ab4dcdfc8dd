import { parseIdempotencyKey } from '../../../../api/http/requests/idempotency-key';
import { ApiProblem } from '../../../../api/http/problems';

test.each([
  ['k', 'k'],
  ['"k"', 'k'],
  ['"b1946ac9-2d6f-4f0e-9b0a-3f6f1d1c0c55"', 'b1946ac9-2d6f-4f0e-9b0a-3f6f1d1c0c55'],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ['a\\b', 'a\\b'],
  [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
])('the header %j gives the key %j', (header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key);
});

test.each([
  '',
  '""',
  '"',
  '"k',
  'k"',
  'a"b',
  '"a"b"',
  '"a b"',
  '"a,b"',
  '"a\\b"',
  'a b',
  'a,b',
  `"${'x'.repeat(256)}"`,
])('the header %j is not a valid key', (header) => {
  expect(() => parseIdempotencyKey(header)).toThrow(new ApiProblem('invalid-idempotency-key'));
});
