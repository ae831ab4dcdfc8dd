import { parseOrder } from '../../contract/schemas/order-schema';
import { isSecretKey } from '../../contract/schemas/secret-like';
import { orderWith } from './orders';

test.each([
  'password',
  'Password',
  'dbPassword',
  'db_password',
  'smtp.password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'clientSecret',
  'clientsecret',
  'secretKey',
  'token',
  'accessToken',
  'tokens',
  'apiKey',
  'api_key',
  'api-key',
  'apikey',
  'APIKey',
  'stripeApiKey',
  'privateKey',
  'private.key',
  'credentials',
  'connectionString',
  'accessKeyId',
  'passwordHash',
  'password2',
])('%s is the name of a secret', (key) => {
  expect(isSecretKey(key)).toBe(true);
});

test.each([
  'locale',
  'secretary',
  'secretariat',
  'tokenizer',
  'key',
  'keyboard',
  'primaryKey',
  'passwordMinLength',
  'tokenExpiryMinutes',
  'maxTokens',
  'passwordPolicy',
  'secretRotationDays',
  'passwordRequired',
  'compass',
])('%s is no name of a secret', (key) => {
  expect(isSecretKey(key)).toBe(false);
});

// Put together here, so that no scanner takes this file for a leak.
const join = (...parts: string[]): string => parts.join('');
const credentials: [string, string][] = [
  ['a Stripe key', join('sk_', 'live_', 'a1B2c3D4e5F6')],
  ['a Stripe test key', join('sk_', 'test_', 'a1B2c3D4e5F6')],
  ['a Stripe webhook secret', join('whsec', '_a1B2c3D4e5F6')],
  ['an AWS key id', join('AKIA', 'IOSFODNN7EXAMPLE')],
  ['a private key', join('-----BEGIN ', 'RSA PRIVATE KEY-----\nMIIE')],
  ['a PGP key', join('-----BEGIN ', 'PGP PRIVATE KEY BLOCK-----')],
  ['a JSON Web Token', join('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxIn0.c2ln')],
  ['a Slack token', join('xox', 'b-1234567890-abcdef')],
  ['a GitHub token', join('ghp', '_abcdefghijklmnopqrstuvwxyz012345')],
  ['a GitLab token', join('glpat', '-abcdefghij0123456789')],
  ['a Google key', join('AIza', 'SyA-1234567890abcdefghijklmnopqrstuv')],
  ['a URL with a password', join('postgres://app:', 'hunter2', '@db.example.com/app')],
  ['an Authorization header', join('Bear', 'er abcdefgh12345678')],
];

test.each(credentials)(
  '%s is refused as a value, inside a text and as a key, and is never repeated',
  (_, credential) => {
    for (const settings of [
      { note: credential },
      { list: [{ deep: `use ${credential} here`.replace(/use (Bearer)/, '$1') }] },
      { [credential]: true },
    ]) {
      const parsed = parseOrder(orderWith(['configuration', 'settings'], settings));
      if (parsed.ok) throw new Error('must be refused');
      expect(parsed.violations[0]?.message).toMatch(/secret store/);
      expect(JSON.stringify(parsed)).not.toContain(credential.slice(0, 12));
    }
  },
);

test('a secret under a name that says so is refused whatever its form, a rule about secrets is not', () => {
  const pointers = (settings: unknown): string[] => {
    const parsed = parseOrder(orderWith(['configuration', 'settings'], settings));
    return parsed.ok ? [] : parsed.violations.map(({ pointer }) => pointer);
  };
  expect(pointers({ smtp: { password: 'x' } })).toEqual(['/configuration/settings/smtp/password']);
  expect(pointers({ token: 123456 })).toEqual(['/configuration/settings/token']);
  expect(pointers({ secret: { value: 'x' } })).toEqual(['/configuration/settings/secret']);
  expect(pointers({ password: null, token: false, passwordMinLength: 14 })).toEqual([]);
});

test('a long text that almost matches is judged quickly', () => {
  const started = performance.now();
  for (const piece of ['eyJ-', '://a', 'a:', '-----BEGIN ', 'sk-', 'xoxb-', 'Bearer '])
    parseOrder(orderWith(['configuration', 'settings'], { text: piece.repeat(Math.floor(16_000 / piece.length)) }));
  expect(performance.now() - started).toBeLessThan(1000);
});
