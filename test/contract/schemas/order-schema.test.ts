import { parseOrder } from '../../../contract/schemas/order-schema';
import { faults, fullOrder, orderWith, pointerOf, smallOrder, type Path } from './orders';

/** Real names of companies and people, which must be accepted unchanged. */
const NAMES = [
  // joiners, variation selectors and stacked marks that their scripts need
  'نرم‌افزاری',
  'کار‌آفرین',
  'ශ්‍රී',
  'র‍্যাব',
  'ന്‍',
  'I ❤️ Example',
  '葛󠄀',
  'लक्ष्मी',
  'လျှော့ဈေး',
  'བསྒྲུབས',
  'สวัสดี\u200bชาวโลก',
  'Example 👩🏽‍❤️‍💋‍👨🏿 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  // characters that are syntax in other languages
  'ООО "Пример"',
  'דוגמה בע"מ',
  'Toys "R" Example',
  'Ca$h Example',
  'I <3 Example',
  'E=mc^2 [beta] {x} ~ a|b; c\\d -- #1 100%41',
  "'; DROP TABLE tenants; --",
  '<script>x</script>',
  '{{7*7}}',
  '${jndi:ldap://x}',
  '../../etc/passwd',
  '`id` $(id)',
];

test('the smallest and the fullest order are accepted unchanged', () => {
  expect(parseOrder(smallOrder())).toEqual({ ok: true, order: smallOrder() });
  expect(parseOrder(fullOrder())).toEqual({ ok: true, order: fullOrder() });
});

test.each<[Path, unknown]>([
  [['tenantName'], 'abc'],
  [['tenantName'], 'a'.repeat(40)],
  ...'mall pope nse nsa nsi ssi tis mali clev flies 1password 3com 37signals 360'
    .split(' ')
    .map((name): [Path, unknown] => [['tenantName'], name]),
  [['tenantName'], 'probers'],
  [['organizationName'], 'Zürcher Käse & Söhne (Schweiz) AG'],
  [['organizationName'], '株式会社アクメ'],
  [['organizationName'], "O'Reilly Ärzte – 24/7, No. 1!"],
  [['organizationName'], 'ü'.repeat(200)],
  [['organizationName'], '𠮷'.repeat(200)],
  [['organizationName'], '👩‍🚀'.repeat(199).concat('A')],
  ...NAMES.flatMap((name): [Path, unknown][] => [
    [['organizationName'], name],
    [['adminUser', 'lastName'], name],
    [['configuration', 'branding', 'displayName'], name],
  ]),
  [['adminUser', 'lastName'], undefined],
  [['adminUser', 'lastName'], ' '],
  [['adminUser', 'firstName'], "'t"],
  [['adminUser', 'email'], "o'brien+tenants@sub.example.co.uk"],
  [['adminUser', 'email'], 'a@xn--bcher-kva.xn--p1ai'],
  ...['sales&marketing', 'a/b', 'user=x', '#1', 'me!', '~me', "!#$%&'*+-/=?^_`{|}~"].map((local): [Path, unknown] => [
    ['adminUser', 'email'],
    `${local}@example.com`,
  ]),
  ...['de', 'de-DE', 'zh-Hant-TW', 'sr-Latn', 'en-u-ca-buddhist'].map((locale): [Path, unknown] => [
    ['configuration', 'settings'],
    { locale },
  ]),
  [['configuration', 'customDomain'], 'xn--bcher-kva.example.com'],
  [['configuration', 'customDomain'], 'shop.host'],
  [['configuration', 'customDomain'], 'acme.github.io'],
  [['configuration', 'customDomain'], 'shop.acme.example'],
  [['configuration', 'branding', 'logoUrl'], 'https://CDN.example.com:443/a%20b.svg?x=1'],
  [['configuration', 'settings'], {}],
  [
    ['configuration', 'settings'],
    { tokenExpiryMinutes: 30, maxTokens: 4000, secretary: 'Grace', passwordRequired: true },
  ],
  [['configuration', 'settings'], { note: 'line\none', emoji: '👩‍🚀', sql: "'; drop table tenants; --" }],
  [['configuration', 'settings'], { a: { b: { c: { d: { e: 1 } } } } }],
  [['configuration', 'settings'], { certificate: '-----BEGIN CERTIFICATE-----\nMIIB' }],
  [['subscription', 'features'], []],
  [['compliance'], undefined],
  [['compliance', 'retentionPeriod'], 3650],
])('%j may be %j', (path, value) => {
  expect(faults(path, value)).toEqual([]);
});

test.each<[Path, unknown]>([
  [['subscription', 'plan'], 'platinum'],
  [['subscription', 'plan'], '__proto__'],
  [['subscription', 'billingCycle'], 'weekly'],
  [['subscription', 'features'], 'automation'],
  [['subscription', 'features'], Array.from({ length: 101 }, (_, index) => `f${index}`)],
  ...['blue', '#fff', '#12345g', 'red;}'].map((colour): [Path, unknown] => [
    ['configuration', 'branding', 'primaryColor'],
    colour,
  ]),
  ...['', 'E', 'EU1', 'Europe/Berlin', "EU' --"].map((place): [Path, unknown] => [
    ['compliance', 'dataResidency'],
    place,
  ]),
  ...[0, -1, 1.5, 3651, '365', Number.POSITIVE_INFINITY, null].map((days): [Path, unknown] => [
    ['compliance', 'retentionPeriod'],
    days,
  ]),
  [['compliance', 'encryptionLevel'], 'none'],
  [['adminUser', 'firstName'], ''],
  ...['4242424242424242', 'card_1', 'pm_', 'pm_x/../y', `pm_${'a'.repeat(65)}`].map((id): [Path, unknown] => [
    ['paymentMethod'],
    id,
  ]),
])('%j cannot be %j', (path, value) => {
  expect(faults(path, value)).toEqual([pointerOf(path)]);
});

test.each(['de_DE', 'german!', '', ['de'], 7, null])('the locale %j is refused', (locale) => {
  expect(faults(['configuration', 'settings'], { locale })).toEqual(['/configuration/settings/locale']);
});

test('blanks around an e-mail address are trimmed', () => {
  expect(parseOrder(orderWith(['adminUser', 'email'], ' ada@example.com\t'))).toMatchObject({
    ok: true,
    order: { adminUser: { email: 'ada@example.com' } },
  });
});

test('an unknown member is refused at any depth, even `__proto__`', () => {
  for (const parent of [
    [],
    ['adminUser'],
    ['subscription'],
    ['configuration'],
    ['configuration', 'branding'],
    ['compliance'],
  ])
    for (const key of ['nickname', '__proto__', 'constructor', 'toString', 'tenantId', 'status'])
      expect(faults([...parent, key], { admin: true })).toEqual([pointerOf([...parent, key])]);
});

test('a missing required member is named', () => {
  for (const path of [
    ['tenantName'],
    ['organizationName'],
    ['adminUser'],
    ['adminUser', 'email'],
    ['subscription', 'plan'],
    ['configuration'],
  ])
    expect(faults(path, undefined)).toEqual([pointerOf(path)]);
});

test.each([undefined, null, 1, 'x', [], true])('%j is not an order', (body) => {
  const parsed = parseOrder(body);
  expect(parsed.ok ? [] : parsed.violations[0]?.pointer).toBe('');
});

test('a duplicate feature is reported where it repeats', () => {
  expect(faults(['subscription', 'features'], ['automation', 'reports', 'automation'])).toEqual([
    '/subscription/features/2',
  ]);
});

test('names are trimmed and normalized, so that equal names compare equal', () => {
  const parsed = parseOrder(orderWith(['organizationName'], '  Zu\u0308rich '));
  expect(parsed).toMatchObject({ ok: true, order: { organizationName: 'Zürich' } });
});

test.each([
  ['App.Example.COM', 'app.example.com'],
  ['app.example.com.', 'app.example.com'],
  ['BÜCHER.example.com', 'xn--bcher-kva.example.com'],
  ['bu\u0308cher。example.com', 'xn--bcher-kva.example.com'],
  ['XN--BCHER-KVA.example.com', 'xn--bcher-kva.example.com'],
])('the custom domain %j is kept as %j', (written, kept) => {
  expect(parseOrder(orderWith(['configuration', 'customDomain'], written))).toMatchObject({
    ok: true,
    order: { configuration: { customDomain: kept } },
  });
});

test('every message is a sentence that does not quote the input', () => {
  const parsed = parseOrder({
    ...fullOrder(),
    tenantName: 'x'.repeat(50),
    organizationName: 'pa\u202ess',
    paymentMethod: 4242424242424242,
  });
  if (parsed.ok) throw new Error('must be refused');
  for (const { message } of parsed.violations) {
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/xxxx|pa|4242/);
  }
  expect(parsed.violations).toHaveLength(3);
});

test('a body with thousands of violations gets a short answer', () => {
  const flood = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
  const parsed = parseOrder({ ...flood, ['k'.repeat(50_000)]: 1 });
  expect(parsed.ok ? 0 : JSON.stringify(parsed.violations).length).toBeLessThan(20_000);
  const long = parseOrder({ ...fullOrder(), ['k'.repeat(50_000)]: 1 });
  expect(long.ok ? [] : long.violations.map(({ pointer }) => pointer)).toEqual(['']);
});
