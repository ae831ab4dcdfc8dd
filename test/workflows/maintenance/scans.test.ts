import { CompleteAsyncError, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ScanActivities } from '../../../activities/maintenance/interface-scan';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { SCAN_DUE, SCAN_TENANT, scanWorkflowId } from '../../../contract/maintenance/scans';
import type { scanDue, scanTenant } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const INPUT = { tenantId: 'abcdefghijklmnop', region: 'eu-central', requestedBy: 'test' };
const DONE = { scanId: `sc_${'1'.repeat(32)}`, state: 'done' as const };
const GIVEN_UP = { scanId: `sc_${'2'.repeat(32)}`, state: 'failed' as const, outcome: 'No report came.' };

let env: TestWorkflowEnvironment;
let activities: ScanActivities;
let stop: () => Promise<void>;
let begun: { activityId: string; workflowId: string; runId: string; taskQueue: string }[];

beforeAll(async () => {
  ({ env, stop } = await startOnQueues(['eu-central'], () =>
    Object.fromEntries(
      (['scan', 'giveUpScan', 'listDueScans'] as const).map((name) => [
        name,
        (input: never) => activities[name](input),
      ]),
    ),
  ));
}, 120_000);
afterAll(() => stop());
beforeEach(() => {
  begun = [];
  activities = {
    scan: () => {
      const { activityId, workflowExecution, taskQueue } = Context.current().info;
      begun.push({ activityId, taskQueue, ...workflowExecution! });
      throw new CompleteAsyncError();
    },
    giveUpScan: () => Promise.resolve(GIVEN_UP),
    listDueScans: () => Promise.resolve([]),
  };
});

const start = () =>
  env.client.workflow.start<typeof scanTenant>(SCAN_TENANT, {
    taskQueue: TASK_QUEUE,
    workflowId: scanWorkflowId(INPUT.tenantId),
    args: [INPUT],
  });

async function untilBegun(): Promise<(typeof begun)[number]> {
  for (;;) {
    const [first] = begun;
    if (first) return first;
    await env.sleep('1s');
  }
}

test('a scan completes with the scanner’s report without occupying a worker in the meantime', async () => {
  const handle = await start();
  const { taskQueue, ...waiting } = await untilBegun();
  expect(taskQueue).toBe('region.eu-central');
  await env.client.activity.heartbeat(waiting);
  await env.client.activity.complete(waiting, DONE);
  expect(await handle.result()).toEqual(DONE);
  expect(begun).toHaveLength(1);
});

test('an unavailable scanner is tried once more before the scan gives up', async () => {
  // To the run, a scanner that runs out of time looks the same; the test server does not skip time while an activity is open.
  activities.scan = () => {
    const { activityId, workflowExecution, taskQueue } = Context.current().info;
    begun.push({ activityId, taskQueue, ...workflowExecution! });
    return Promise.reject(new Error('It does not start.'));
  };
  const handle = await start();
  expect(await handle.result()).toEqual(GIVEN_UP);
  expect(begun).toHaveLength(2);
});

test('due tenants are scanned one after the other, and a failing scan does not stop the next', async () => {
  const due = ['a', 'b', 'c'].map((letter) => ({ tenantId: letter.repeat(16), region: 'eu-central' }));
  const scanned: string[] = [];
  activities.listDueScans = () => Promise.resolve(due);
  activities.scan = ({ tenantId, requestedBy }) => {
    scanned.push(`${tenantId[0]} for ${requestedBy}`);
    return Promise.resolve(DONE);
  };
  activities.giveUpScan = () => Promise.reject(new Error('The registry does not answer.'));
  const good = activities.scan;
  activities.scan = (input) => (input.tenantId.startsWith('b') ? Promise.reject(new Error('No.')) : good(input));
  const result = await env.client.workflow.execute<typeof scanDue>(SCAN_DUE, {
    taskQueue: TASK_QUEUE,
    workflowId: 'scans-of-test',
    args: [],
  });
  expect(result).toEqual({ scanned: 3 });
  expect(scanned).toEqual(['a for schedule', 'c for schedule']);
});
