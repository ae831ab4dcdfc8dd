import Stripe from 'stripe';
import { dashName } from '../../../contract/ids';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { adminCall, type AdminCall } from '../../../stack/servers/keycloak/admin-call';
import { plan, startTestProduct, type TestProduct } from '../../helpers/product';

let product: TestProduct;
let stripe: Stripe;
let keycloak: AdminCall;
let realm: string;
beforeAll(async () => {
  product = await startTestProduct();
  const { url, apiKey } = product.endpoints.stripe!;
  const { hostname: host, port } = new URL(url);
  stripe = new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false });
  realm = product.env['KEYCLOAK_REALM'] ?? 'tenants';
  const server = product.endpoints.keycloak!;
  keycloak = await adminCall(server.url, server);
}, 400_000);
afterAll(() => product?.stop());

async function reconcile(tenantId: string, body: object = {}): Promise<Operation> {
  const answer = await product.call('operator', 'POST', `/v1/tenants/${tenantId}:reconcile`, body);
  expect(answer.status).toBe(202);
  return product.untilEnded(answer.body.operationId as string, 240_000);
}

const shortOf = ({ drift }: Operation): string[] =>
  drift!.map(({ kind, what, is, outcome }) => `${kind} ${what} ${is}: ${outcome}`).sort();

async function organizationOf(tenantId: string): Promise<string | undefined> {
  const path = `/${realm}/organizations?search=${dashName(tenantId)}&exact=true`;
  const [found] = (await keycloak('GET', path)) as { id: string }[];
  return found?.id;
}

const externalId = async (tenantId: string, kind: string): Promise<string> =>
  (
    await product.registry.query<{ id: string }>(
      `select external_id as id from resource where tenant_id = $1 and kind = $2`,
      [tenantId, kind],
    )
  ).rows[0]!.id;

test.each(['starter', 'professional'] as const)(
  'a %s tenant that nobody has touched has no differences, active and suspended',
  async (of) => {
    const { operationId, tenantId } = await product.order(plan(of));
    expect(await product.untilEnded(operationId, 240_000)).toMatchObject({ status: 'active' });
    expect(await reconcile(tenantId, { dryRun: true })).toMatchObject({ status: 'completed', drift: [] });
    const suspension = await product.call('support', 'POST', `/v1/tenants/${tenantId}:suspend`, { reason: 'abuse' });
    await product.untilEnded(suspension.body.operationId as string, 240_000);
    expect(await reconcile(tenantId)).toMatchObject({ status: 'completed', drift: [] });
    expect((await product.call('operator', 'GET', `/v1/tenants/${tenantId}`)).body).toMatchObject({
      state: 'suspended',
    });
  },
  900_000,
);

test('what was deleted by hand at Keycloak and Stripe is listed, and made again', async () => {
  const { operationId, tenantId } = await product.order();
  expect(await product.untilEnded(operationId, 240_000)).toMatchObject({ status: 'active' });
  await keycloak('DELETE', `/${realm}/organizations/${await organizationOf(tenantId)}`);
  const subscription = await externalId(tenantId, 'billing-subscription');
  await stripe.subscriptions.cancel(subscription);

  const lost = ['billing-subscription existence absent', 'idp-organization existence absent'];
  const listed = await reconcile(tenantId, { dryRun: true });
  expect(shortOf(listed)).toEqual(lost.map((each) => `${each}: found`));
  expect(await organizationOf(tenantId)).toBeUndefined();

  const mended = await reconcile(tenantId);
  expect(mended).toMatchObject({ kind: 'reconcile', status: 'completed' });
  expect(shortOf(mended)).toEqual(lost.map((each) => `${each}: mended`));
  const members = (await keycloak(
    'GET',
    `/${realm}/organizations/${await organizationOf(tenantId)}/members`,
  )) as object[];
  expect(members).toHaveLength(1);
  expect(await externalId(tenantId, 'billing-subscription')).not.toBe(subscription);
  expect(await reconcile(tenantId, { dryRun: true })).toMatchObject({ drift: [] });

  const { body } = await product.call('operator', 'GET', `/v1/tenants/${tenantId}/invoices`);
  expect((body as { items: { status: string }[] }).items.map(({ status }) => status)).toContain('paid');
}, 900_000);
