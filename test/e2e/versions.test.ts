import { readFileSync } from 'node:fs';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workerConverter } from '../../contract/data-converter';
import { parseKeyRing } from '../../contract/key-ring';
import { operationWorkflowId } from '../../contract/messages';
import { startTestProduct, type Ordered, type TestProduct } from '../helpers/product';
import {
  buildEnvironment,
  bundleChanged,
  drainage,
  makeCurrent,
  untilDrained,
  workedOn,
  type WorkedOn,
} from '../helpers/worker-versions';

/** Waits for an approver, so that the run is open for as long as the test wants. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

let product: TestProduct;
let changed: { bundle: string; remove(): void };

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
  // A pause before the first step, which no run of today's code has had.
  changed = await bundleChanged(
    'workflows/provision-tenant.ts',
    `run.status = 'validating';\n`,
    `run.status = 'validating';\n  await sleep(100);\n`,
    logger,
  );
  product = await startTestProduct({ overrides: buildEnvironment('old') });
  await makeCurrent(product, 'old');
}, 120_000);
afterAll(async () => {
  await product?.stop();
  changed?.remove();
}, 60_000);

describe('a roll-out of changed workflow code while orders come in', () => {
  let waiting: Ordered[];
  /** Orders whose runs began and ended before the new build was made current, were under way then, or were sent after it. */
  const orders: Record<'before' | 'during' | 'after', Ordered[]> = { before: [], during: [], after: [] };

  beforeAll(async () => {
    let phase: keyof typeof orders = 'before';
    const orderOne = async (): Promise<void> => {
      const sent = phase;
      const run = await product.order();
      expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active' });
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
    await Promise.all([customer(), customer(), rollOut()]);
  }, 240_000);

  test('lets the old build finish what it began, while the new one takes new orders', async () => {
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
    // One process did all tasks of a build: workflow tasks and activities, those of the region's queue among them.
    const [oldWorkers, newWorkers] = [old, young].map((runs) => [...new Set(runs.flatMap(({ workers }) => workers))]);
    expect([oldWorkers, newWorkers]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(oldWorkers).not.toEqual(newWorkers);
  }, 240_000);

  test('works because runs are pinned: the new code could not have gone on with a run of the old', async () => {
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

  test('ends when the old build is drained: without its worker, orders become active on the new one', async () => {
    await untilDrained(product, 'old', 60_000);
    await product.kill('worker', 'SIGTERM');
    const run = await product.order();
    expect(await product.untilEnded(run.operationId, 90_000)).toMatchObject({ status: 'active' });
    expect(await finished(run)).toMatchObject({ pinnedTo: 'new', builds: ['new'], failedTasks: [] });
  }, 180_000);

  /** Where the run was worked on, asked once it is over: a tenant is active before the run's last activities. */
  async function finished({ operationId }: Ordered): Promise<WorkedOn> {
    await product.temporal.workflow.getHandle(operationWorkflowId(operationId)).result();
    return workedOn(product, operationId);
  }

  function approve({ operationId }: Ordered) {
    return product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve' });
  }
});
