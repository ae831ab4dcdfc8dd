import fc from 'fast-check';
import { jsonPointer, pointerKeys } from '../../../contract/schemas/values/json-pointer';
import { parseOrder } from '../../../contract/schemas/order-schema';
import { tenantName } from '../../../contract/schemas/values/tenant-name';
import { fullOrder, orderWith } from './orders';

const PATHS = [
  ['tenantName'],
  ['organizationName'],
  ['adminUser'],
  ['adminUser', 'email'],
  ['adminUser', 'role'],
  ['subscription', 'plan'],
  ['subscription', 'features'],
  ['configuration', 'customDomain'],
  ['configuration', 'branding', 'logoUrl'],
  ['configuration', 'settings'],
  ['compliance', 'retentionPeriod'],
  ['paymentMethod'],
  ['customizations'],
];

/** Hostile text, including lone surrogates and NUL. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('__proto__', '\ud800', '\0', '', 'https://'),
);
const json = fc.oneof(fc.jsonValue({ maxDepth: 8 }), text, fc.dictionary(text, fc.jsonValue(), { maxKeys: 5 }));

test('no body makes the check throw, and every violation has a pointer', () => {
  fc.assert(
    fc.property(fc.oneof(json, fc.anything()), (body) => {
      const parsed = parseOrder(body);
      expect(parsed.ok).toBe(false);
      for (const { pointer } of parsed.ok ? [] : parsed.violations) expect(() => pointerKeys(pointer)).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test('no value in any member makes the check throw, and violations point at or below that member', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATHS), json, (path, value) => {
      const body: unknown = JSON.parse(JSON.stringify(orderWith(path, value)));
      const parsed = parseOrder(body);
      for (const { pointer } of parsed.ok ? [] : parsed.violations)
        expect(pointer.startsWith(jsonPointer(path))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('an accepted order is unchanged by JSON and a second check', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{5,20}$/);
  const settings = fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 8 });
  let accepted = 0;
  fc.assert(
    fc.property(
      name,
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      settings,
      (tenantName, organizationName, values) => {
        const order = { ...fullOrder(), tenantName, organizationName };
        const parsed = parseOrder({ ...order, configuration: { ...order.configuration, settings: values } });
        if (!parsed.ok) return;
        accepted += 1;
        const again = parseOrder(JSON.parse(JSON.stringify(parsed.order)));
        expect(JSON.stringify(again)).toBe(JSON.stringify(parsed));
      },
    ),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('a pointer can be split into the keys it was made from', () => {
  fc.assert(fc.property(fc.array(text), (keys) => expect(pointerKeys(jsonPointer(keys))).toEqual(keys)));
  expect(() => pointerKeys('a/b')).toThrow(/must begin with a slash/);
});

test('a reserved name of five letters or more is refused, even when imitated with digits, letters and hyphens', () => {
  const imitate: Record<string, string> = {
    o: '0',
    l: '1',
    i: '1',
    e: '3',
    a: '4',
    s: '5',
    t: '7',
    b: '8',
    m: 'rn',
    w: 'vv',
    d: 'cl',
  };
  const reserved = fc.constantFrom('admin', 'support', 'webmail', 'billing', 'dashboard', 'postmaster', 'download');
  fc.assert(
    fc.property(reserved, fc.infiniteStream(fc.boolean()), (name, coin) => {
      const letters = [...name].map((letter) => (coin.next().value ? (imitate[letter] ?? letter) : letter));
      expect(tenantName.safeParse(letters.join(coin.next().value ? '-' : '')).success).toBe(false);
    }),
  );
});
