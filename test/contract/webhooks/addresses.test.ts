import { isInNetworks, isPublicAddress, parseNetwork } from '../../../contract/webhooks/addresses';

test.each([
  '93.184.215.14',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
  '::ffff:93.184.215.14',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '2002:7f00:1::',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('a configured network holds the addresses of its family alone, and also those that are mapped into IPv6', () => {
  const networks = ['10.20.0.0/16', 'fd00::/8'].map((text) => parseNetwork(text)!);
  const held = ['10.20.3.4', '::ffff:10.20.3.4', 'fd12::1', '10.21.0.1', 'fe80::1', '1.1.1.1'].filter((address) =>
    isInNetworks(address, networks),
  );
  expect(held).toEqual(['10.20.3.4', '::ffff:10.20.3.4', 'fd12::1']);
});

test.each(['10.0.0.0', '10.0.0.0/33', 'example.com/8', ''])('%p is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});
