import { setTimeout as sleep } from 'node:timers/promises';
import { dashName } from '../../../contract/ids';
import { startTestProduct, type TestProduct } from '../../helpers/product';
import { proxyProviders, type Proxied } from '../../helpers/providers/proxied';

/** How long the network holds a request: longer than any client waits, and longer than an answered request counts as in flight. */
const HELD_MS = 32_000;

let product: TestProduct;
let line: Proxied;

beforeAll(async () => {
  line = await proxyProviders();
  product = await startTestProduct({ via: line.via, overrides: { LATE_REQUEST_SECONDS: '32' } });
});
afterAll(async () => {
  await product?.stop();
  await line?.close();
});

test('a bucket whose creation arrives late is removed before the operation becomes cancelled', async () => {
  const run = await product.order({ customizations: { storageQuotaGb: 10 } });
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval');
  const path = new RegExp(`^/${dashName(run.tenantId)}/?(\\?|$)`);
  const late = line.s3.add({ method: 'PUT', path, does: { of: 'request', ms: HELD_MS }, times: 1 });
  await product.call('approver', 'POST', `/v1/operations/${run.operationId}/approval`, { decision: 'approve' });
  await late.hit;
  const delivered = sleep(HELD_MS + 2_000);
  expect((await product.call('signup', 'POST', `/v1/operations/${run.operationId}/cancel`)).status).toBe(202);
  expect(await product.untilEnded(run.operationId, 100_000)).toMatchObject({ status: 'cancelled', leftovers: [] });
  await delivered;
  expect(await product.providers.traces(run.tenantId)).toEqual([]);
}, 180_000);
