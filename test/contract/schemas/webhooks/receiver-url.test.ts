import { receiverProblem, receiverUrl } from '../../../../contract/schemas/webhooks/receiver-url';
import { parseNetwork } from '../../../../contract/webhooks/addresses';

const INTERNAL = [parseNetwork('10.20.0.0/16')!];

test.each([
  'https://hooks.example.com/provisioner',
  'https://hooks.example.com:8443/a?token=b',
  'https://93.184.215.14/hook',
])('%s is a receiver', (url) => {
  expect(receiverUrl.safeParse(url).success).toBe(true);
  expect(receiverProblem(url, [])).toBeUndefined();
});

test.each([
  ['ftp://hooks.example.com/', /https/],
  ['hooks.example.com', /not a URL/],
  ['https://user:word@hooks.example.com/', /user name/],
  ['https://@hooks.example.com/', /user name/],
  ['https://hooks.example.com/#part', /fragment/],
  ['https://hooks.example.com/a b', /not a URL/],
  [`https://hooks.example.com/${'a'.repeat(2048)}`, /longer/],
])('%s is refused for its form', (url, why) => {
  const parsed = receiverUrl.safeParse(url);
  expect(parsed.error?.issues.map(({ message }) => message).join(' ')).toMatch(why);
});

test.each([
  ['http://hooks.example.com/', /https/],
  ['https://localhost/', /dot/],
  ['https://provisioner.internal/', /top-level/],
  ['https://127.0.0.1/', /not public/],
  ['https://2130706433/', /not public/],
  ['https://0x7f.1/', /not public/],
  ['https://169.254.169.254/latest/meta-data', /not public/],
  ['https://[::1]/', /not public/],
  ['https://[::ffff:10.0.0.1]/', /not public/],
])('%s is refused for where it leads', (url, why) => {
  expect(receiverUrl.safeParse(url).success).toBe(true);
  expect(receiverProblem(url, [])).toMatch(why);
});

test('with an internal network, its addresses and private names are left to each request to check, other addresses are not', () => {
  expect(receiverProblem('http://10.20.1.1:8080/', INTERNAL)).toBeUndefined();
  expect(receiverProblem('http://orders.internal/', INTERNAL)).toBeUndefined();
  expect(receiverProblem('http://10.21.1.1/', INTERNAL)).toMatch(/not public/);
});
