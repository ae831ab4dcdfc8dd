import { faults, pointerOf, type Path } from './orders';

test.each<[Path, unknown]>([
  // tenant names
  ...['ab', 'a'.repeat(41), 'Acme', '-acme', 'acme-', 'ac--me', 'acme_bikes', 'acme.bikes', 'асме-bikes', ''].map(
    (name): [Path, unknown] => [['tenantName'], name],
  ),
  ...[
    'admin',
    'adm1n',
    'adrnin',
    'a-d-m-i-n',
    'a-p-i',
    'www',
    'vvvvvv',
    'l0g1n',
    'log-in',
    'support',
    '5upport',
    'supp0rt',
    'probe',
  ]
    .concat('probe-2', 'probe2', 'b1ll1ng', 'st4tus', 'rna1l', 'clocs', 't-a234567234567abc', 'gone-a234567234567abc')
    .filter((name) => /^[a-z]/.test(name))
    .map((name): [Path, unknown] => [['tenantName'], name]),
  // display names
  ...[
    '',
    '   ',
    '-',
    'Acme\0',
    'Acme\nBikes',
    'Acme\u202egnp',
    'Ac\u200bme',
    'Ac\u00adme',
    '\ufeffAcm\ufeffe',
    'Acme\ue000',
    'Acme\ud800',
  ]
    .concat(
      '\u0378cme',
      'Acme\u2028x',
      'A\u3164b',
      'x'.repeat(201),
      `a${'\u0316'.repeat(6)}`,
      // nine repeats of one Burmese mark, and more marks than any syllable has
      `\u101c${'\u1037'.repeat(9)}`,
      `\u101c${'\u102b'.repeat(13)}`,
    )
    // joiners and variation selectors without effect
    .concat('Ac\u200dme', 'Acme\u200d', '\u200cAcme', 'Ac\ufe0fme', 'Acme 1\ufe0f', '\u845b\ufe0f', 'A\u{e0100}')
    .concat(
      '\u0646\u200c\u200c\u0627',
      '\u043e\u200d\u043e',
      'a \u{1f469}\u200d\u200d\u{1f680}',
      'Acme \u2764\ufe0f\u200d',
    )
    .concat('\u0e01\u200b', 'Acme \u{1f3f4}\u{e0061}')
    .flatMap((name): [Path, unknown][] => [
      [['organizationName'], name],
      [['adminUser', 'firstName'], name],
      // A person may have one name only, so an empty last name is valid.
      ...(name.trim() === '' ? [] : [[['adminUser', 'lastName'], name] satisfies [Path, unknown]]),
      [['configuration', 'branding', 'displayName'], name],
    ]),
  // e-mail addresses
  ...[
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'a b@example.com',
    'ada@example.com\r\nBcc: x@example.com',
    'ada(x)@example.com',
  ]
    .concat(
      '"ada"@example.com',
      'ada@[127.0.0.1]',
      'ada..b@example.com',
      '.ada@example.com',
      '-ada@example.com',
      'ada@exa_mple.com',
      'ada,eve@example.com',
      'ada;x@example.com',
      'ada\\x@example.com',
    )
    .concat(
      'адa@example.com',
      'ada@bücher.example',
      'ada@example.com, eve@example.com',
      'Ada <ada@example.com>',
      'ada@example.com\0',
    )
    .concat(`${'a'.repeat(65)}@example.com`, `a@${'a.'.repeat(130)}com`)
    .map((address): [Path, unknown] => [['adminUser', 'email'], address]),
  // lower-case identifiers
  ...['', 'Owner', 'own er', '../x', "a'b", '-a', 'a-', 'a--b', 'a'.repeat(64), 'ow\u200bner'].flatMap(
    (slug): [Path, unknown][] => [
      [['adminUser', 'role'], slug],
      [['region'], slug],
      [['subscription', 'features', 0], slug],
      [['configuration', 'integrations', 1], slug],
    ],
  ),
])('%j cannot be %j', (path, value) => {
  expect(faults(path, value)).toEqual([pointerOf(path)]);
});
