import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { dashName } from '../../../contract/ids';
import { TEMPORARY_PASSWORD } from '../../../providers/keycloak/passwords/temporary-password';
import { readSecret } from '../../../registry/keys/secrets';
import { passwordGrant } from '../../helpers/providers/keycloak/keycloak-grant';
import { tenantLogins } from '../../helpers/providers/tenant-logins';
import { plan, startTestProduct, type Answer, type Ordered, type TestProduct } from '../../helpers/product';

type Plan = TenantProvisioningRequest['subscription']['plan'];

let product: TestProduct;
beforeAll(async () => void (product = await startTestProduct()), 240_000);
afterAll(() => product?.stop());

async function active(of: Plan): Promise<Ordered> {
  const ordered = await product.order(plan(of));
  expect(await product.untilEnded(ordered.operationId)).toMatchObject({ status: 'active' });
  return ordered;
}

const suspend = (tenantId: string, body: object = {}, headers: object = {}): Promise<Answer> =>
  product.call('support', 'POST', `/v1/tenants/${tenantId}:suspend`, { reason: 'non_payment', ...body }, headers);
const resume = (tenantId: string): Promise<Answer> => product.call('support', 'POST', `/v1/tenants/${tenantId}:resume`);

/** Follows an accepted change to its end. */
async function ended({ status, body }: Answer) {
  expect(status).toBe(202);
  return product.untilEnded(body.operationId as string);
}

async function stateOf(tenantId: string): Promise<string> {
  return (await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body.state as string;
}

/** What the tenant can do at its providers with its own credentials. */
async function reach({ tenantId }: Ordered, of: Plan): Promise<Record<string, string>> {
  const said = (work: () => Promise<unknown>): Promise<string> =>
    work().then(
      () => 'ok',
      () => 'refused',
    );
  const logins = tenantLogins(product, tenantId, 'eu-central');
  const s3 = await logins.s3();
  const bucket = { Bucket: dashName(tenantId) };
  const ledger = (await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body.resources as {
    kind: string;
    facts: Record<string, string>;
  }[];
  const username = ledger.find(({ kind }) => kind === 'idp-admin-user')!.facts.username!;
  const about = { tenantId, kind: 'idp-admin-user', name: TEMPORARY_PASSWORD };
  const password = (await readSecret(product.registry, product.keys, about))!;
  const login = async (name: 'app' | 'readonly') => (await logins.database(name)).end();
  try {
    return {
      read: await said(() => s3.send(new ListObjectsV2Command(bucket))),
      write: await said(() => s3.send(new PutObjectCommand({ ...bucket, Key: 'note.txt', Body: 'kept' }))),
      // The right password of a first admin is told to be changed; a disabled account is refused.
      person: (await passwordGrant(product.endpoints.keycloak!, username, password)).includes('not fully set up')
        ? 'ok'
        : 'refused',
      ...(of === 'starter'
        ? {}
        : { app: await said(() => login('app')), readonly: await said(() => login('readonly')) }),
    };
  } finally {
    s3.destroy();
  }
}

const all = (of: Plan, answer: string) => ({
  read: answer,
  write: answer,
  person: answer,
  ...(of === 'starter' ? {} : { app: answer, readonly: answer }),
});

describe.each<Plan>(['starter', 'professional'])('a %s tenant', (of) => {
  test('is closed everywhere when it is suspended, and as before when it is resumed', async () => {
    const tenant = await active(of);
    const { tenantId } = tenant;
    expect(await reach(tenant, of)).toEqual(all(of, 'ok'));

    const suspended = await ended(await suspend(tenantId));
    expect(suspended).toMatchObject({ kind: 'suspend', status: 'completed', completed: 7, total: 7 });
    expect(await stateOf(tenantId)).toBe('suspended');
    expect(await reach(tenant, of)).toEqual(all(of, 'refused'));

    const resumed = await ended(await resume(tenantId));
    expect(resumed).toMatchObject({ kind: 'resume', status: 'completed' });
    expect(await stateOf(tenantId)).toBe('active');
    expect(await reach(tenant, of)).toEqual(all(of, 'ok'));
  }, 240_000);

  test('can be left to be read while it is suspended', async () => {
    const tenant = await active(of);
    expect(await ended(await suspend(tenant.tenantId, { readOnly: true }))).toMatchObject({ status: 'completed' });
    expect(await reach(tenant, of)).toEqual({
      ...all(of, 'ok'),
      write: 'refused',
      ...(of === 'starter' ? {} : { app: 'refused' }),
    });
  }, 240_000);
});

test('a tenant has one operation at a time, and changes only from a state that allows it', async () => {
  const { tenantId } = await active('starter');
  expect(await resume(tenantId)).toMatchObject({
    status: 409,
    body: { detail: 'The tenant is active. Resume is possible only while it is suspended.' },
  });
  const key = { 'idempotency-key': `suspend-${tenantId}` };
  const first = await suspend(tenantId, {}, key);
  const again = await suspend(tenantId, {}, key);
  expect(again.body.operationId).toBe(first.body.operationId);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const busy = await suspend(tenantId, { reason: 'abuse' });
  expect(busy.status).toBe(409);
  expect(await ended(first)).toMatchObject({ status: 'completed' });
  expect(await suspend(tenantId, { reason: 'abuse' })).toMatchObject({ status: 409 });
  expect((await suspend('aaaaaaaaaaaaaaaa')).status).toBe(404);
});

test('a worker that is killed while it suspends a tenant does not keep the tenant half closed', async () => {
  const tenant = await active('professional');
  const accepted = await suspend(tenant.tenantId);
  await product.until(accepted.body.operationId as string, ({ steps }) =>
    steps.some(({ state }) => state !== 'pending'),
  );
  await product.kill('worker');
  await product.restart('worker');
  expect(await ended(accepted)).toMatchObject({ status: 'completed' });
  expect(await reach(tenant, 'professional')).toEqual(all('professional', 'refused'));
}, 240_000);
