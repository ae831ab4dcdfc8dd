import { readFileSync } from 'node:fs';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workerConverter } from '../../contract/temporal/data-converter';
import { parseKeyRing } from '../../contract/keys/key-ring';
import { operationWorkflowId } from '../../contract/operations/messages';
import { startTestProduct, type Ordered, type TestProduct } from '../helpers/product';
import {
  buildEnvironment,
  bundleChanged,
  drainage,
  makeCurrent,
  untilDrained,
  workedOn,
  type WorkedOn,
} from '../helpers/temporal/worker-versions';

/** Waits for an approver, so that the run stays open as long as the test needs. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

let product: TestProduct;
let changed: { bundle: string; remove(): void };

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
  // The new build pauses before the first step, which the old code never does.
  changed = await bundleChanged(
    'workflows/provision/provision-tenant.ts',
    `run.status = 'validating';\n`,
    `run.status = 'validating';\n  await new Promise((wake) => setTimeout(wake, 100));\n`,
    logger,
  );
  product = await startTestProduct({ overrides: buildEnvironment('old') });
  await makeCurrent(product, 'old');
});
afterAll(async () => {
  await product?.stop();
  changed?.remove();
});

describe('a roll-out of changed workflow code while orders come in', () => {
  let waiting: Ordered[];
  /** Waits for the end of a legal hold before it is removed. */
  let leaving: Ordered & { removal: string };
  /** Orders whose runs ended before the new build was made current, were open at that moment, or began after it. */
  const orders: Record<'before' | 'during' | 'after', Ordered[]> = { before: [], during: [], after: [] };

  beforeAll(async () => {
    let phase: keyof typeof orders = 'before';
    const orderOne = async (): Promise<void> => {
      const sent = phase;
      const run = await product.order();
      const { status, failure } = await product.untilEnded(run.operationId, 90_000);
      expect({ status, failure }).toEqual({ status: 'active' });
      orders[sent === phase ? sent : 'during'].push(run);
    };
    const customer = async (): Promise<void> => {
      while (orders.after.length < 2) await orderOne();
    };
    const rollOut = async (): Promise<void> => {
      await product.anotherWorker({ ...buildEnvironment('new'), WORKFLOW_BUNDLE: changed.bundle });
      phase = 'during';
      await makeCurrent(product, 'new');
      phase = 'after';
    };
    waiting = [await product.order(RESTRICTED), await product.order(RESTRICTED)];
    for (const { operationId } of waiting)
      await product.until(operationId, ({ status }) => status === 'awaiting_approval');
    await orderOne();
    leaving = await leavingOne();
    await Promise.all([customer(), customer(), rollOut()]);
  }, 240_000);

  test('lets the old build finish its runs while the new one takes new orders', async () => {
    const [first, second] = waiting;
    expect(await drainage(product, 'old')).toBe('DRAINING');
    await approve(first!);
    expect(await product.untilEnded(first!.operationId, 90_000)).toMatchObject({ status: 'active' });
    expect(await drainage(product, 'old')).toBe('DRAINING');
    await approve(second!);
    expect(await product.untilEnded(second!.operationId, 90_000)).toMatchObject({ status: 'active' });

    const old = await Promise.all([...waiting, ...orders.before].map(finished));
    const either = await Promise.all(orders.during.map(finished));
    const young = await Promise.all(orders.after.map(finished));
    for (const { pinnedTo, builds, failedTasks } of [...old, ...either, ...young])
      expect({ builds, failedTasks }).toEqual({ builds: [pinnedTo], failedTasks: [] });
    expect(new Set(old.map(({ pinnedTo }) => pinnedTo))).toEqual(new Set(['old']));
    expect(new Set(young.map(({ pinnedTo }) => pinnedTo))).toEqual(new Set(['new']));
    // One process ran all tasks of a build: workflow tasks and activities, including those of the region's queue.
    const [oldWorkers, newWorkers] = [old, young].map((runs) => [...new Set(runs.flatMap(({ workers }) => workers))]);
    expect([oldWorkers, newWorkers]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(oldWorkers).not.toEqual(newWorkers);
  }, 240_000);

  test('moves a removal that has waited to the new build, where it goes on with what is left to do', async () => {
    const { tenantId, removal } = leaving;
    const first = await workedOn(product, removal);
    expect(first).toMatchObject({ pinnedTo: 'old', builds: ['old'] });
    const { body } = await product.call('legal', 'DELETE', `/v1/tenants/${tenantId}/legal-hold`, { reason: 'Closed.' });
    expect(body).not.toHaveProperty('errors');
    const { status, failure, steps } = await product.untilEnded(removal, 90_000);
    expect({ status, failure }).toEqual({ status: 'completed' });
    expect(steps.map(({ state }) => state)).toEqual(steps.map(({ id }) => (id === 'export' ? 'skipped' : 'done')));
    expect(await finished({ ...leaving, operationId: removal })).toMatchObject({
      pinnedTo: 'new',
      builds: ['new'],
      failedTasks: [],
    });
  });

  test('works because runs are pinned: the new code cannot replay a run of the old one', async () => {
    const history = await product.temporal.workflow
      .getHandle(operationWorkflowId(waiting[0]!.operationId))
      .fetchHistory();
    const replay = Worker.runReplayHistory(
      {
        workflowBundle: { code: readFileSync(changed.bundle, 'utf8') },
        dataConverter: workerConverter(parseKeyRing(product.env.CODEC_KEY_RING!)),
      },
      history,
    );
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });

  test('ends when the old build is drained: orders become active without its worker', async () => {
    await untilDrained(product, 'old', 60_000);
    await product.kill('worker', 'SIGTERM');
    const run = await product.order();
    expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active' });
    expect(await finished(run)).toMatchObject({ pinnedTo: 'new', builds: ['new'], failedTasks: [] });
  }, 180_000);

  /** A tenant whose removal waits for the end of a legal hold. */
  async function leavingOne(): Promise<Ordered & { removal: string }> {
    const ordered = await product.order();
    const { tenantId } = ordered;
    expect(await product.untilEnded(ordered.operationId, 90_000)).toMatchObject({ status: 'active' });
    await product.call('legal', 'PUT', `/v1/tenants/${tenantId}/legal-hold`, { reason: 'Court order 7 O 118/26.' });
    const request = { reason: 'customer_request', graceDays: 0 };
    const { body } = await product.call('offboarding', 'POST', `/v1/tenants/${tenantId}:deprovision`, request);
    const removal = body.operationId as string;
    await product.until(removal, ({ status }) => status === 'grace', 90_000);
    return { ...ordered, removal };
  }

  /** Builds that worked on the run, read once the run has ended: the tenant is active before the run's last activities. */
  async function finished({ operationId }: Ordered): Promise<WorkedOn> {
    await product.temporal.workflow.getHandle(operationWorkflowId(operationId)).result();
    return workedOn(product, operationId);
  }

  function approve({ operationId }: Ordered) {
    return product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve' });
  }
});
