import fc from 'fast-check';
import { returnUrl } from '../../../api/staff/return-path';

const PUBLIC_URL = 'https://provisioner.example/tenants';
const HOME = `${PUBLIC_URL}/console/`;

test.each([
  ['/console/', HOME],
  ['/console/operations/op_1?tab=steps#3', `${HOME}operations/op_1?tab=steps#3`],
  ['/tenants/console/operations', `${HOME}operations`],
  ['/console/a//b', `${HOME}a//b`],
])('a path of the console is returned to: %s', (asked, url) => {
  expect(returnUrl(PUBLIC_URL, asked)).toBe(url);
});

test.each([
  ...[undefined, '', '/', '/v1/tenants', 'console/', '/console', '/consolex/', '/tenants/v1/me'],
  ...['//evil.example', '//evil.example/console/', '///evil.example/console/', '/\\evil.example/console/'],
  ...[
    'https://evil.example/console/',
    'javascript:alert(1)//console/',
    '/console/\n//evil.example',
    '/\t/evil.example',
  ],
  ...[
    '/console/../v1/tenants',
    '/console/%2e%2e/v1/tenants',
    '/console\\..\\',
    `/console/${'x'.repeat(1_000)}`,
    `/console/${'ü'.repeat(500)}`,
  ],
  ...[
    '/console/sign-in',
    '/console/sign-in?return=/console/',
    '/console/callback',
    '/console/./sign-out',
    '/console/session',
  ],
])('anything else becomes the first page: %j', (asked) => {
  expect(returnUrl(PUBLIC_URL, asked)).toBe(HOME);
});

test('no text leads out of the console', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '//',
    'console',
    'evil.example',
    '..',
    '.',
    '@',
    ':',
    '?',
    '#',
    '%2f',
    '%5c',
    '\t',
    'https:',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        fc.webUrl(),
        fc.string(),
      ),
      (asked) => {
        expect(new URL(returnUrl(PUBLIC_URL, asked)).href.startsWith(HOME)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});
