import { readFileSync, rmSync } from 'node:fs';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { workerConverter } from '../../contract/data-converter';
import { parseKeyRing } from '../../contract/key-ring';
import { operationWorkflowId } from '../../contract/messages';
import type { Product } from '../../stack/product';
import { startTestProduct, type Ordered, type TestProduct } from '../helpers/product';
import {
  buildEnvironment,
  bundleChanged,
  drainage,
  makeCurrent,
  untilDrained,
  workedOn,
} from '../helpers/worker-versions';

/** Waits for an approver, so that the run is open for as long as the test wants. */
const RESTRICTED = { customizations: { storageQuotaGb: 10 } };

let product: TestProduct;
let changed: { folder: string; bundle: string };

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
  // A step of its own before the first one: no run of today's code can be replayed with it.
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
  if (changed) rmSync(changed.folder, { recursive: true, force: true });
}, 60_000);

describe('a roll-out of changed workflow code while orders come in', () => {
  let waiting: Ordered[];
  const before: Ordered[] = [];
  const during: Ordered[] = [];
  const after: Ordered[] = [];
  let newWorker: Product;

  beforeAll(async () => {
    waiting = await Promise.all([product.order(RESTRICTED), product.order(RESTRICTED)]);
    for (const { operationId } of waiting)
      await product.until(operationId, ({ status }) => status === 'awaiting_approval');
    let ordered = before;
    const enough = () => before.length > 0 && after.length > 1;
    const customer = async (): Promise<void> => {
      while (!enough()) {
        const order = await product.order();
        ordered.push(order);
        expect(await product.untilEnded(order.operationId, 90_000)).toMatchObject({ status: 'active' });
      }
    };
    const rollOut = async (): Promise<void> => {
      newWorker = await product.anotherWorker({ ...buildEnvironment('new'), WORKFLOW_BUNDLE: changed.bundle });
      ordered = during;
      await makeCurrent(product, 'new');
      ordered = after;
    };
    await Promise.all([customer(), customer(), rollOut()]);
  }, 180_000);

  test('lets the old build finish what it began, while the new one takes new orders', async () => {
    const [first, second] = waiting;
    expect(await drainage(product, 'old')).toBe('DRAINING');
    await approve(first!);
    expect(await product.untilEnded(first!.operationId, 90_000)).toMatchObject({ status: 'active' });
    expect(await drainage(product, 'old')).toBe('DRAINING');
    await approve(second!);
    expect(await product.untilEnded(second!.operationId, 90_000)).toMatchObject({ status: 'active' });

    const [oldWorkers, newWorkers] = [new Set<string>(), new Set<string>()];
    for (const { operationId } of [...waiting, ...before]) {
      const { workers, ...run } = await finished(operationId);
      expect(run).toEqual({ pinnedTo: 'old', builds: ['old'], failedTasks: [] });
      for (const worker of workers) oldWorkers.add(worker);
    }
    for (const { operationId } of after) {
      const { workers, ...run } = await finished(operationId);
      expect(run).toEqual({ pinnedTo: 'new', builds: ['new'], failedTasks: [] });
      for (const worker of workers) newWorkers.add(worker);
    }
    // Activities too, those of the region's queue among them: one process did all of a build's.
    expect([oldWorkers.size, newWorkers.size]).toEqual([1, 1]);
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
    const { operationId } = await product.order();
    expect(await product.untilEnded(operationId, 90_000)).toMatchObject({ status: 'active' });
    expect(await finished(operationId)).toMatchObject({ pinnedTo: 'new', builds: ['new'], failedTasks: [] });
    expect(newWorker.processes().map(({ name }) => name)).toEqual(['worker']);
  }, 180_000);

  /** Who worked on a run, once it is over: the registry says active before the last activities. */
  async function finished(operationId: string) {
    await product.temporal.workflow.getHandle(operationWorkflowId(operationId)).result();
    return workedOn(product, operationId);
  }

  function approve({ operationId }: Ordered) {
    return product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, { decision: 'approve' });
  }
});
