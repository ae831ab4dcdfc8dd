import type { Operation } from '../../../contract/schemas/operation-schema';
import type { Step } from '../../../contract/operations/steps';
import { startTestProduct, type TestProduct } from '../../helpers/product';
import { proxyProviders, type Proxied } from '../../helpers/providers/proxied';

/** Waits for an approver. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

/** Long enough for a worker that has left to count as away. */
const WORKER_AWAY_MS = 120_000;

let product: TestProduct;
let line: Proxied;

beforeAll(async () => {
  line = await proxyProviders();
  product = await startTestProduct({ via: line.via });
  const { operationId } = await product.order();
  await product.untilEnded(operationId);
  await repeatInThePast(operationId);
  // The API keeps in memory for half a minute that there were too few.
  await product.restart('api');
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await line?.close();
});

test('an order says when it is likely completed', async () => {
  const { operationId } = await product.order();
  const { estimate, result } = await product.until(operationId, hasNumbers);
  expect(estimate!.samples).toBeGreaterThanOrEqual(20);
  expect(result!.estimatedCompletionTime).toBe(estimate!.likelyAt);
  expect(await product.untilEnded(operationId)).not.toHaveProperty('estimate');
});

test('a step whose provider is slow is called slow, until the provider answers', async () => {
  const held = line.keycloak.add({ method: 'POST', path: /\/organizations\/?$/, does: 'hold' });
  const { operationId } = await product.order();
  const slow = await product.until(operationId, paceIs('identity', 'slow'));
  expect(progressOf(slow, 'identity')!.reason).toMatch(/^Under way for .* 95 % of \d+ earlier runs took at most /);
  expect(slow.estimate!.criticalPath[0]).toBe('identity');
  held.release();
  expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
});

test('an order that waits for an approver says so, and estimates the work after the decision', async () => {
  const { operationId } = await product.order(RESTRICTED);
  const waiting = await product.until(operationId, ({ status }) => status === 'awaiting_approval');
  expect(waiting.estimate).toMatchObject({ waitsFor: 'approver', likelySeconds: expect.any(Number) as number });
  expect(waiting.estimate).not.toHaveProperty('likelyAt');
  expect(progressOf(waiting, 'reserve')).toMatchObject({
    pace: 'stuck',
    reason: expect.stringMatching(/^Waiting for an approver since .*, deadline .*\.$/) as string,
  });
  await product.call('signup', 'POST', `/v1/operations/${operationId}/cancel`);
  await product.untilEnded(operationId);
});

test(
  'an order in a region whose worker is away says that no worker polls its task queue',
  async () => {
    const left = await product.anotherWorker({ WORKER_REGIONS: 'eu-central' });
    await product.kill('worker', 'SIGTERM');
    const { operationId } = await product.order({ region: 'us-east' });
    const stuck = await product.until(operationId, isWithoutWorker, WORKER_AWAY_MS);
    expect(progressOf(stuck, 'database')!.reason).toMatch(/^No worker on `region\.us-east`/);
    await product.restart('worker');
    await left.stop();
    expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active' });
  },
  WORKER_AWAY_MS + 120_000,
);

function progressOf({ steps }: Operation, step: Step): Operation['steps'][number]['progress'] {
  return steps.find(({ id }) => id === step)?.progress;
}

function paceIs(step: Step, pace: string): (operation: Operation) => boolean {
  return (operation) => progressOf(operation, step)?.pace === pace;
}

function hasNumbers({ estimate }: Operation): boolean {
  return estimate?.likelyAt !== undefined;
}

function isWithoutWorker(operation: Operation): boolean {
  return progressOf(operation, 'database')?.reason.startsWith('No worker') === true;
}

/** Copies a run, so that there are enough earlier ones to compare with. */
async function repeatInThePast(operationId: string): Promise<void> {
  await product.inRegistryAsOwner(`
    insert into operation (operation_id, tenant_id, status, tenant_name, plan, region, template, caller, request_hash, order_ciphertext,
      created_at, updated_at, completed_at, started_at)
    select 'op_past' || n, 'past' || n, status, 'past-' || n, plan, region, template, caller, request_hash, order_ciphertext, created_at,
      updated_at, completed_at, started_at
    from operation, generate_series(1, 30) as n where operation_id = '${operationId}'`);
  await product.inRegistryAsOwner(`
    insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
    select 'op_past' || n, activity_id, attempt, step, direction, started_at, ended_at
    from step_event, generate_series(1, 30) as n where operation_id = '${operationId}' and error_type is null`);
}
