import { faults, pointerOf, type Path } from './orders';

test.each<[Path, unknown]>([
  // hosts
  ...[
    'localhost',
    'app',
    'app.local',
    'app.internal',
    'db.test',
    'x.invalid',
    'x.onion',
    'router.lan',
    'app.home.arpa',
    'svc.cluster.local',
    'kubernetes.default.svc',
    'registry.consul',
    'com',
    'co.uk',
    'github.io',
    'GitHub.IO.',
    's3.amazonaws.com',
    'xn--p1ai',
  ]
    .concat(
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '127.1',
      '0177.0.0.1',
      '::1',
      '[::1]',
      '10.0.0.1',
      '1.2.3.4.',
      '①②⑦.0.0.1',
      '127。0。0。1',
    )
    .concat(
      'https://app.example.com',
      'app.example.com/x',
      'app.example.com:443',
      'a@b.example.com',
      'app..example.com',
      '-a.example.com',
    )
    .concat(
      'xn--.example.com',
      'xn--a.example.com',
      `${'a'.repeat(64)}.com`,
      `${'a.'.repeat(130)}com`,
      'a_b.example.com',
    )
    .map((host): [Path, unknown] => [['configuration', 'customDomain'], host]),
  // URLs
  ...[
    'http://www.example.com/',
    'ftp://www.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    '//example.com/',
    'x',
  ]
    .concat(
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://127.1/',
      'https://[::1]/',
    )
    .concat(
      'https://[::ffff:169.254.169.254]/',
      'https://169.254.169.254/latest/meta-data',
      'https://192.168.1.1/',
      'https://8.8.8.8/',
    )
    .concat(
      'https://localhost/',
      'https://metadata.google.internal/',
      'https://kubernetes.default.svc.cluster.local/',
      'https://intranet/',
      'https://kubernetes.default.svc/api',
    )
    .concat(
      'https://ada:pw@www.example.com/',
      'https://www.example.com@127.0.0.1/',
      'https://@127.0.0.1/',
      'https://www.example.com:8443/',
    )
    .concat(
      'https://www.example.com:80/',
      'https://127%2e0%2e0%2e1/',
      'https://①②⑦.0.0.1/',
      'https://127。0。0。1/',
      'https:\\\\127.0.0.1/',
    )
    .concat(
      'https://www.example.com\\@127.0.0.1/',
      'https:///127.0.0.1/',
      'https:127.0.0.1',
      ' https://www.example.com/',
      'https://',
    )
    .concat('https://www.example.com/a b', 'https://www.exam\nple.com/', `https://www.example.com/${'a'.repeat(2048)}`)
    .flatMap((url): [Path, unknown][] => [
      [['configuration', 'branding', 'logoUrl'], url],
      [['configuration', 'branding', 'supportUrl'], url],
    ]),
])('%j cannot be %j', (path, value) => {
  expect(faults(path, value)).toEqual([pointerOf(path)]);
});
