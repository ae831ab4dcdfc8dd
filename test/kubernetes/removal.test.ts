import { dashName } from '../../contract/ids';
import { plan, startTestProduct, type TestProduct } from '../helpers/product';
import { eventually, isThere, observer } from './cluster';
import { startEverything } from './workloads';

let product: TestProduct;
beforeAll(async () => void (product = await startTestProduct()), 120_000);
afterAll(() => product?.stop(), 60_000);

test('an enterprise tenant is removed with its database, its namespace and everything that runs or is stored there', async () => {
  const { core, config } = observer();
  const { operationId, tenantId } = await product.order(plan('enterprise'));
  expect(await product.untilEnded(operationId, 90_000)).toMatchObject({ status: 'active' });
  const namespace = dashName(tenantId);
  await startEverything(config, core, namespace);
  const volume = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  // The quota of the plan decides whether a tenant may claim volumes.
  await core
    .createNamespacedPersistentVolumeClaim({ namespace, body: { metadata: { name: 'data' }, spec: volume } })
    .catch(() => undefined);
  const accepted = await product.call('offboarding', 'POST', `/v1/tenants/${tenantId}:deprovision`, {
    reason: 'customer_request',
    graceDays: 0,
  });
  expect(accepted.status).toBe(202);
  const removal = await product.untilEnded(accepted.body.operationId as string, 180_000);
  expect(removal).toMatchObject({ kind: 'deprovision', status: 'completed', leftovers: [] });
  await eventually('the namespace to be gone', async () => !(await isThere(core.readNamespace({ name: namespace }))));
  expect(await product.providers.traces(tenantId)).toEqual([]);
}, 300_000);
