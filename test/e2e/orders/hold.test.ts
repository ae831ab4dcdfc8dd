import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashName } from '../../../contract/ids';
import { startFaultProxy, type FaultProxy, type Rule } from '../../helpers/providers/fault-proxy';
import { newOrder, plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { searchForSecrets } from '../../helpers/secrecy/secrecy';
import { stackEndpoints } from '../../stack';

/** An order whose card is declined in step 8, and which then waits for an operator. */
const HOLDS = {
  ...plan('professional'),
  paymentMethod: 'pm_card_chargeDeclined',
  recovery: { onPermanentFailure: 'hold' as const },
};

let product: TestProduct;
let s3: FaultProxy;
const held: Record<string, Ordered> = {};

beforeAll(async () => {
  const { 'eu-central': store, ...otherStores } = stackEndpoints('s3').s3!;
  s3 = await startFaultProxy(store!.endpoint);
  product = await startTestProduct({ via: { s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } } } });
  // Compensation gives up sooner than usual, so that leftovers appear quickly; but not before a slow machine could have removed them.
  const hasty = await product.anotherApi({ COMPENSATION_SECONDS: '20' });
  for (const name of ['amended', 'skipped', 'given up', 'raced for']) held[name] = await product.order(HOLDS);
  for (const name of ['retried', 'accepted']) {
    const order = newOrder(HOLDS);
    const { body } = await product.call('signup', 'POST', `${hasty.url}/v1/tenants`, order);
    held[name] = { ...(body as Ordered), order };
  }
  await Promise.all(Object.values(held).map((run) => product.until(run.operationId, isOnHold)));
  await hasty.stop();
}, 180_000);
afterAll(async () => {
  await product?.stop();
  await s3?.close();
});

describe('an order with a declined card that asks to be held', () => {
  test('waits for an operator, keeps what was made, and shows why and until when', async () => {
    const { operationId, tenantId } = held.amended!;
    const operation = await product.operation(operationId);
    expect(operation).toMatchObject({
      failure: { type: 'PaymentMethodDeclined', step: 'integrations', pointer: '/paymentMethod' },
      verbs: ['retry', 'amend', 'skip', 'compensate', 'cancel'],
      resolutions: [],
    });
    const hours = (Date.parse(operation.hold!.until) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThanOrEqual(24);
    expect(stateOf(operation, 'integrations')).toBe('failed');
    expect(await product.providers.inventory(tenantId)).toMatchObject({ 'S3: buckets': 1, 'Stripe: customers': 1 });
  });

  test('becomes active once an operator amends the card, and the new order is visible nowhere', async () => {
    const { operationId, tenantId } = held.amended!;
    const body = {
      verb: 'amend',
      patch: { paymentMethod: 'pm_card_visa' },
      reason: 'The customer has sent another card.',
    };
    expect((await decide(held.amended!, body)).status).toBe(202);
    const operation = await product.untilEnded(operationId);
    expect(operation).toMatchObject({ status: 'active', completed: 10 });
    expect(operation.failure).toBeUndefined();
    expect(operation.resolutions).toMatchObject([{ verb: 'amend', by: 'token:operator', verified: true }]);
    expect(await product.providers.inventory(tenantId)).toMatchObject({ 'Stripe: subscriptions': 1 });
  });

  test('becomes active without billing once an operator skips that step, and the tenant keeps showing it', async () => {
    const { operationId, tenantId } = held.skipped!;
    const body = { verb: 'skip', reason: 'Billed by hand.' };
    expect((await decide(held.skipped!, body)).status).toBe(202);
    const operation = await product.untilEnded(operationId);
    expect(operation).toMatchObject({ status: 'active', completed: 9 });
    expect(stateOf(operation, 'integrations')).toBe('skipped');
    const made = Object.keys(await product.providers.inventory(tenantId));
    expect(made.filter((what) => what.startsWith('Stripe'))).toEqual([]);
    const tenant = await product.call('operator', 'GET', `/v1/tenants/${tenantId}`);
    expect(tenant.body).toMatchObject({
      status: 'active',
      skippedSteps: [{ step: 'integrations', reason: 'Billed by hand.', by: 'token:operator' }],
    });
    await product.temporal.workflow.getHandle(`operation/${operationId}`).result();
  });

  test('ends as failed and leaves nothing once an operator compensates it', async () => {
    const { operationId, tenantId } = held['given up']!;
    expect((await decide(held['given up']!, { verb: 'compensate' })).status).toBe(202);
    expect(await product.untilEnded(operationId)).toMatchObject({
      status: 'failed',
      failure: { type: 'PaymentMethodDeclined' },
      leftovers: [],
    });
    expect(await product.providers.traces(tenantId)).toEqual([]);
  });

  test('takes exactly one decision when several operators decide at the same moment', async () => {
    const run = held['raced for']!;
    const verbs = ['retry', 'compensate', 'compensate', 'retry'];
    const answers = await Promise.all(verbs.map((verb) => decide(run, { verb })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    const winner = answers.find(({ status }) => status === 202)!.body.verb as string;
    // The retry meets the same declined card again.
    if (winner === 'retry') {
      await product.until(run.operationId, (now) => isOnHold(now) && now.resolutions?.length === 1);
      expect(await decideWhenHeard(run, { verb: 'compensate' })).toBe(202);
    }
    const { status, resolutions } = await product.untilEnded(run.operationId);
    expect(status).toBe('failed');
    expect(resolutions!.map(({ verb }) => verb)).toEqual(winner === 'retry' ? ['retry', 'compensate'] : ['compensate']);
  });
});

describe('leftovers', () => {
  let refusals: Record<string, Rule>;

  beforeAll(async () => {
    refusals = Object.fromEntries(
      ['retried', 'accepted'].map((name) => {
        const path = new RegExp(`^/${dashName(held[name]!.tenantId)}/?(\\?|$)`);
        return [name, s3.add({ method: 'DELETE', path, does: 403 })];
      }),
    );
    await Promise.all(
      ['retried', 'accepted'].map(async (name) => {
        expect((await decide(held[name]!, { verb: 'compensate' })).status).toBe(202);
        await product.until(held[name]!.operationId, ({ status }) => status === 'needs_operator');
      }),
    );
  });
  afterAll(() => Object.values(refusals ?? {}).forEach((refusal) => refusal.release()));

  test('are removed when an operator retries, and the name is free again', async () => {
    const { operationId, tenantId, order } = held.retried!;
    refusals.retried!.release();
    expect(await decideWhenHeard(held.retried!, { verb: 'retry' })).toBe(202);
    await product.until(operationId, ({ status }) => status === 'failed');
    expect(await product.providers.traces(tenantId)).toEqual([]);
    await expectFree(order.tenantName);
  });

  test('can be accepted: the run ends, the name is free, and ledger and audit trail record the acceptance', async () => {
    const { operationId, tenantId, order } = held.accepted!;
    const { leftovers } = await product.operation(operationId);
    const named = leftovers.map(({ kind, id }) => ({ kind, id }));
    expect(named).toContainEqual({ kind: 'bucket', id: dashName(tenantId) });
    const body = { verb: 'accept', leftovers: named, reason: 'Ticket 4711.' };
    expect(await decideWhenHeard(held.accepted!, body)).toBe(202);
    expect(await product.until(operationId, ({ status }) => status === 'failed')).toMatchObject({ leftovers: [] });
    await expectFree(order.tenantName);
    const tenant = await product.call('operator', 'GET', `/v1/tenants/${tenantId}`);
    expect(tenant.body.resources).toContainEqual(
      expect.objectContaining({ kind: 'bucket', id: dashName(tenantId), state: 'accepted' }),
    );
    const { rows } = await product.registry.query(
      `select actor, detail from audit_entry where operation_id = $1 and action = 'resolution.accept'`,
      [operationId],
    );
    expect(rows).toMatchObject([{ actor: 'token:operator', detail: { leftovers: named, reason: 'Ticket 4711.' } }]);
  });
});

test('no secret appears in logs, histories or other places where it does not belong', async () => {
  expect((await searchForSecrets(product)).leaks).toEqual([]);
});

function isOnHold({ status }: { status: string }): boolean {
  return status === 'on_hold';
}

function stateOf({ steps }: Awaited<ReturnType<TestProduct['operation']>>, step: string): string {
  return steps.find(({ id }) => id === step)!.state;
}

function decide({ operationId }: Ordered, body: object, headers: object = {}) {
  return product.call('operator', 'POST', `/v1/operations/${operationId}/resolution`, body, headers);
}

/** Repeats a decision that is answered with 503, because the run may learn of its leftovers a moment after the registry. */
async function decideWhenHeard(run: Ordered, body: object): Promise<number> {
  const headers = { 'idempotency-key': randomUUID() };
  for (const deadline = Date.now() + 60_000; ; await sleep(500)) {
    const { status, body: answer } = await decide(run, body, headers);
    if (status !== 503) return status;
    if (Date.now() > deadline) throw new Error(`The decision is not taken: ${JSON.stringify(answer)}`);
  }
}

async function expectFree(tenantName: string): Promise<void> {
  const { operationId } = await product.order({ tenantName });
  expect((await product.untilEnded(operationId)).status).toBe('active');
}
