import { dashName } from '../../../contract/ids';
import { APPROVAL_SIGNAL, PROGRESS_QUERY, type Progress } from '../../../contract/operations/messages';
import type { Operation } from '../../../contract/schemas/operation-schema';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { newOrder, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { searchForSecrets } from '../../helpers/secrecy/secrecy';
import { stackEndpoints } from '../../stack';

/** Needs an approver's decision. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

let product: TestProduct;
let s3: FaultProxy;

beforeAll(async () => {
  const endpoints = stackEndpoints('stripe', 'mail', 's3', 'keycloak');
  const { 'eu-central': store, ...otherStores } = endpoints.s3!;
  s3 = await startFaultProxy(store!.endpoint);
  product = await startTestProduct({ via: { s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } } } });
});
afterAll(async () => {
  await product?.stop();
  await s3?.close();
});

describe('an order with a restricted customization', () => {
  let waiting: Ordered;
  let asked: Operation;

  beforeAll(async () => {
    waiting = await product.order(RESTRICTED);
    asked = await untilWaiting(waiting);
  });

  test('waits, and shows for what and until when', async () => {
    expect(asked.approval).toMatchObject({
      state: 'waiting',
      required: ['storageQuotaGb'],
      requested: { storageQuotaGb: 10 },
    });
    const hours = (Date.parse(asked.approval.deadline!) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71);
    expect(hours).toBeLessThanOrEqual(72);
    expect(asked.verbs).toEqual(['approve', 'reject', 'cancel']);
    const made = Object.keys(await product.providers.inventory(waiting.tenantId));
    expect(made.filter((what) => !what.startsWith('registry:'))).toEqual([]);
  });

  test('is announced to the approvers by mail', async () => {
    const mails = await product.untilMailed(({ subject }) => subject.includes(waiting.operationId));
    expect(mails.map(({ to }) => to[0]!.address)).toEqual(['approvers@example.com']);
    expect(mails[0]!.text).toContain('storageQuotaGb = 10');
  });

  test('cannot be decided without the role, or by its own orderer', async () => {
    expect((await decide(waiting, 'approve', 'operator')).status).toBe(403);
    const { token } = await createApiToken(product.registry, {
      name: 'both',
      roles: ['tenants:order', 'approvals:decide', 'tenants:read'],
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    const own = await product.call({ token }, 'POST', '/v1/tenants', newOrder(RESTRICTED));
    const run = { operationId: own.body.operationId as string, tenantId: own.body.tenantId as string };
    await untilWaiting(run);
    const { status, body } = await decide(run, 'approve', { token });
    expect({ status, type: body.type }).toEqual({ status: 403, type: expect.stringMatching(/four-eyes$/) });
    expect((await decide(run, 'reject', 'approver')).status).toBe(202);
    expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'rejected' });
  });

  test('is provisioned as ordered once it is approved', async () => {
    expect((await decide(waiting, 'approve', 'approver')).status).toBe(202);
    const operation = await product.untilEnded(waiting.operationId);
    expect(operation).toMatchObject({ status: 'active', approval: { state: 'approved' } });
    const { rows } = await product.registry.query(
      'select decision, verified from approval_decision where operation_id = $1',
      [waiting.operationId],
    );
    expect(rows).toEqual([{ decision: 'approve', verified: true }]);
  });
});

test('a rejected order leaves nothing and reports the rejection', async () => {
  const run = await product.order(RESTRICTED);
  await untilWaiting(run);
  expect((await decide(run, 'reject', 'approver')).status).toBe(202);
  const operation = await product.untilEnded(run.operationId);
  expect(operation).toMatchObject({
    status: 'rejected',
    approval: { state: 'rejected' },
    failure: { type: 'ApprovalRejected' },
    leftovers: [],
  });
  expect(await product.providers.traces(run.tenantId)).toEqual([]);
  expect((await decide(run, 'approve', 'approver')).status).toBe(409);
});

test('a signal that bypasses the API decides too, and is recorded as unverified', async () => {
  const run = await product.order(RESTRICTED);
  await untilWaiting(run);
  const handle = product.temporal.workflow.getHandle(`operation/${run.operationId}`);
  for (const nonsense of [null, 'approve', { decision: 'maybe' }, { decision: 'approve', comment: 7 }])
    await handle.signal(APPROVAL_SIGNAL, nonsense);
  expect((await handle.query<Progress, []>(PROGRESS_QUERY)).approval).toBe('waiting');
  await handle.signal(APPROVAL_SIGNAL, { decision: 'approve', comment: 'By hand.' });
  expect(await product.untilEnded(run.operationId)).toMatchObject({
    status: 'active',
    approval: { state: 'approved' },
  });
  const { rows } = await product.registry.query(
    'select decision, verified, decided_by from approval_decision where operation_id = $1',
    [run.operationId],
  );
  expect(rows).toEqual([{ decision: 'approve', verified: false, decided_by: expect.stringMatching(/^unverified/) }]);
});

describe('with other settings', () => {
  test('a signal that bypasses the API is ignored, while the API still decides', async () => {
    const api = await product.anotherApi({ ACCEPT_UNVERIFIED_APPROVAL: 'false' });
    const run = await orderAt(api.url);
    await untilWaiting(run);
    const handle = product.temporal.workflow.getHandle(`operation/${run.operationId}`);
    await handle.signal(APPROVAL_SIGNAL, { decision: 'approve' });
    expect((await decide(run, 'reject', 'approver')).status).toBe(202);
    expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'rejected' });
    await api.stop();
  });

  test('an order without a decision by its deadline ends as rejected and leaves nothing', async () => {
    const api = await product.anotherApi({ APPROVAL_DEADLINE_HOURS: '0' });
    const run = await orderAt(api.url);
    expect(await product.untilEnded(run.operationId)).toMatchObject({
      status: 'rejected',
      approval: { state: 'expired' },
      failure: { type: 'ApprovalExpired' },
    });
    expect(await product.providers.traces(run.tenantId)).toEqual([]);
    await api.stop();
  });
});

describe('cancelling', () => {
  test('a waiting order ends it and leaves nothing', async () => {
    const run = await product.order(RESTRICTED);
    await untilWaiting(run);
    expect((await cancel(run)).status).toBe(202);
    expect(await product.untilEnded(run.operationId)).toMatchObject({
      status: 'cancelled',
      failure: { type: 'Cancelled' },
    });
    expect(await product.providers.traces(run.tenantId)).toEqual([]);
    // Cancelling again gives the same answer.
    expect((await cancel(run)).status).toBe(202);
  });

  test('an order during provisioning undoes what was made', async () => {
    const run = await product.order(RESTRICTED);
    await untilWaiting(run);
    const held = s3.add({ method: 'PUT', path: new RegExp(`^/${dashName(run.tenantId)}`), does: 'hold', times: 1 });
    await decide(run, 'approve', 'approver');
    await held.hit;
    expect((await cancel(run)).status).toBe(202);
    held.release();
    expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'cancelled', leftovers: [] });
    expect(await product.providers.traces(run.tenantId)).toEqual([]);
    await expect(product.temporal.workflow.getHandle(`operation/${run.operationId}`).result()).rejects.toMatchObject({
      cause: { type: 'Cancelled' },
    });
  });

  test('an order of another caller is refused', async () => {
    const run = await product.order(RESTRICTED);
    await untilWaiting(run);
    expect((await product.call('approver', 'POST', `/v1/operations/${run.operationId}/cancel`)).status).toBe(403);
    expect((await cancel(run)).status).toBe(202);
    await product.untilEnded(run.operationId);
  });
});

test('no secret appears in logs, histories or other places where it does not belong', async () => {
  const { leaks, secrets, histories } = await searchForSecrets(product);
  expect(leaks).toEqual([]);
  expect(secrets).toBeGreaterThan(10);
  expect(histories).toBeGreaterThan(7);
});

function untilWaiting({ operationId }: { operationId: string }): Promise<Operation> {
  return product.until(
    operationId,
    ({ status, approval }) => status === 'awaiting_approval' && approval.state === 'waiting',
  );
}

function decide({ operationId }: { operationId: string }, decision: string, who: Parameters<TestProduct['call']>[0]) {
  return product.call(who, 'POST', `/v1/operations/${operationId}/approval`, { decision });
}

function cancel({ operationId }: { operationId: string }) {
  return product.call('signup', 'POST', `/v1/operations/${operationId}/cancel`);
}

async function orderAt(url: string): Promise<{ operationId: string; tenantId: string }> {
  const { status, body } = await product.call('signup', 'POST', `${url}/v1/tenants`, newOrder(RESTRICTED));
  expect(status).toBe(202);
  return body as { operationId: string; tenantId: string };
}
