import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { withTracedCalls as tracedAws } from '../../../providers/aws/traced-client';
import { withTracedCalls as tracedKeycloak } from '../../../providers/keycloak/traced-client';
import { traceCallsWith, tracedCall, type ProviderCall } from '../../../providers/port/traced-call';
import { operationOf } from '../../../providers/stripe/operation-of';

let calls: ProviderCall[];
beforeEach(() => {
  calls = [];
  traceCallsWith((call, work) => {
    calls.push(call);
    return work();
  });
});
afterEach(() => traceCallsWith());

test('a call gives the same result and the same error whether it is observed or not', async () => {
  const refused = new Error('refused');
  for (const observed of [true, false]) {
    if (!observed) traceCallsWith();
    await expect(tracedCall({ provider: 'mail', operation: 'send' }, () => Promise.resolve(1))).resolves.toBe(1);
    await expect(tracedCall({ provider: 'mail', operation: 'send' }, () => Promise.reject(refused))).rejects.toBe(
      refused,
    );
  }
  expect(calls).toHaveLength(2);
});

test('a request of an AWS client is named after its command', async () => {
  const client = tracedAws(new S3Client({ region: 'us-east-1' }), 'versity');
  client.middlewareStack.add(() => async () => ({ output: { $metadata: {}, Buckets: [] }, response: {} }), {
    step: 'initialize',
  });
  expect(await client.send(new ListBucketsCommand({}))).toMatchObject({ Buckets: [] });
  expect(calls).toEqual([{ provider: 'versity', operation: 'ListBuckets' }]);
});

test('a request to Keycloak is named after the client’s method, and its private fields still work', async () => {
  const client = tracedKeycloak(new KeycloakAdminClient({ baseUrl: 'http://127.0.0.1:1', realmName: 'tenants' }));
  client.setConfig({ realmName: 'others' });
  expect(client.realmName).toBe('others');
  client.registerTokenProvider({ getAccessToken: () => Promise.resolve('token') });
  await expect(client.users.find({ email: 'edith@quarry.example' })).rejects.toThrow('fetch failed');
  expect(calls).toEqual([{ provider: 'keycloak', operation: 'users.find' }]);
});

test.each([
  ['GET', '/v1/customers?limit=1&email=edith%40quarry.example', 'GET /v1/customers'],
  ['POST', '/v1/customers/cus_123', 'POST /v1/customers/{id}'],
  ['POST', '/v1/invoices/in_1/pay', 'POST /v1/invoices/{id}/pay'],
  ['GET', '/v1/billing/meters?status=active', 'GET /v1/billing/meters'],
  ['DELETE', '/v1/customers/edith', 'DELETE /v1/customers/{id}'],
])('%s %s to Stripe is named %s', (method, path, name) => expect(operationOf(method, path)).toBe(name));
