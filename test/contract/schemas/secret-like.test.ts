import { parseOrder } from '../../../contract/schemas/order-schema';
import { isSecretKey } from '../../../contract/schemas/values/secret-like';
import { faults, orderWith } from './orders';

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
  'clientSecretValue',
  'accessTokens',
  'githubToken',
])('%s is recognised as the name of a secret', (key) => {
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
  'tokenEndpoint',
  'designTokens',
  'passwordResetUrl',
  'totalTokens',
  'credentialsMode',
  'secretSantaBudget',
  'tokenType',
  'secretName',
  'totalTokensUsed',
])('%s is not the name of a secret', (key) => {
  expect(isSecretKey(key)).toBe(false);
});

// Assembled at run time, so that secret scanners do not report this file.
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
  ['a basic Authorization header', join('Bas', 'ic ', Buffer.from('ada:hunter2').toString('base64'))],
  ['an OpenAI key', join('sk-', 'abcdefghij0123456789T3Blbk', 'FJabcdefghij0123456789')],
  ['an OpenAI project key', join('sk-', 'proj-', 'Ab1_'.repeat(12), 'T3Blbk', 'FJ', 'Ab1_'.repeat(12))],
  ['an Anthropic key', join('sk-', 'ant-api03-', 'aB3_-'.repeat(18), 'xyzAA')],
  ['a Stripe restricted key', join('rk_', 'live_', 'a1B2c3D4e5F6')],
  ['a Shopify token', join('shp', 'at_', '0123456789abcdef'.repeat(2))],
  ['a Slack app webhook', join('https://hooks.', 'slack.com/services/', 'T00000000/B00000000/', 'XXXXXXXXXXXX')],
  ['an Azure account key', join('Account', 'Key=', 'aB3+'.repeat(21), 'aA==')],
  ['a DigitalOcean token', join('dop', '_v1_', '0123456789abcdef'.repeat(4))],
  ['a Vault token', join('hv', 's.', 'CAESIJ'.repeat(8))],
  ['an npm token', join('npm', '_', 'aB3'.repeat(12))],
  ['an OpenSSH key', join('-----BEGIN ', 'OPENSSH PRIVATE KEY-----')],
  ['an encrypted key', join('-----BEGIN ', 'ENCRYPTED PRIVATE KEY-----')],
  ['an API token of ours', join('tp', '_01234567_', 'aB3_-'.repeat(8), 'abc')],
  ['an API key of a tenant', join('ak', '_01234567_', 'aB3_-'.repeat(8), 'abc')],
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

test('any value under a secret’s name is refused, but rules about secrets are accepted', () => {
  const pointers = (settings: unknown): string[] => {
    const parsed = parseOrder(orderWith(['configuration', 'settings'], settings));
    return parsed.ok ? [] : parsed.violations.map(({ pointer }) => pointer);
  };
  expect(pointers({ smtp: { password: 'x' } })).toEqual(['/configuration/settings/smtp/password']);
  expect(pointers({ token: 123456 })).toEqual(['/configuration/settings/token']);
  expect(pointers({ secret: { value: 'x' } })).toEqual(['/configuration/settings/secret']);
  expect(pointers({ password: null, token: false, passwordMinLength: 14 })).toEqual([]);
});

test.each([
  'Basic features',
  'bearer documents only',
  'sk-bratislava-stare-mesto-01',
  'sk_test_configuration_of_slovakia',
  join('pk_', 'live_', 'a1B2c3D4e5F6'),
  '-----BEGIN PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE REQUEST-----',
  'https://example.com:8443/reset',
  'basic subscription: monthly',
])('%j is ordinary text', (note) => {
  expect(faults(['configuration', 'settings'], { note, list: [note] })).toEqual([]);
});

test('a setting that only mentions a secret is accepted, unless its value looks random', () => {
  const settings = {
    tokenEndpoint: 'https://login.example.com/oauth2/token',
    designTokens: { primary: '#0b5fff', radius: '4px' },
    passwordResetUrl: 'https://app.example.com/reset',
    totalTokens: 4000,
    tokens: 4000,
    credentialsMode: 'same-origin',
    secretSantaBudget: '20 EUR',
    tokenIssuedAt: '2026-11-24T09:30:00Z',
  };
  expect(faults(['configuration', 'settings'], settings)).toEqual([]);
  for (const value of [join('q8Zr7Kx2', 'LmP0aa'), '0123456789abcdef'.repeat(2)])
    expect(faults(['configuration', 'settings'], { apiKeyLive: value })).toEqual([
      '/configuration/settings/apiKeyLive',
    ]);
});

test('a long text that almost matches is checked quickly', () => {
  const before = process.cpuUsage();
  for (const piece of [
    'eyJ-',
    '://a',
    'a:',
    '-----BEGIN ',
    'sk-',
    'xoxb-',
    'Bearer ',
    'sk-ant-a',
    'Basic ',
    'whsec_',
    'PRIVATE KEY ',
  ])
    parseOrder(orderWith(['configuration', 'settings'], { text: piece.repeat(Math.floor(16_000 / piece.length)) }));
  // Microseconds of this process: other ones may take the processor away meanwhile.
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
});
