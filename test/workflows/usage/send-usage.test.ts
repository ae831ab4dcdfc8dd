import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { UsageActivities } from '../../../activities/usage/interface';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { SEND_USAGE } from '../../../contract/usage/billing';
import type { sendUsage } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

let env: TestWorkflowEnvironment;
let stop: (() => Promise<void>) | undefined;
let sendDueUsage: UsageActivities['sendDueUsage'];
let calls = 0;

beforeAll(async () => {
  ({ env, stop } = await startOnQueues([], () => ({
    sendDueUsage: () => {
      calls += 1;
      return sendDueUsage();
    },
  })));
}, 300_000);
afterAll(() => stop?.());
beforeEach(() => void (calls = 0));

let sequence = 0;
const round = () =>
  env.client.workflow.execute<typeof sendUsage>(SEND_USAGE, {
    taskQueue: TASK_QUEUE,
    workflowId: `${SEND_USAGE}-${process.pid}-${++sequence}`,
  });
const counts = { sent: 2, cancelled: 1, refused: 0, waiting: 0 };

test('a round goes on while usage is due, and adds up what it has sent', async () => {
  sendDueUsage = () => Promise.resolve({ counts, more: calls < 3 });
  expect(await round()).toEqual({ sent: 6, cancelled: 3, refused: 0, waiting: 0 });
});

test('a round ends although usage is still due, so that its history stays short; the next one goes on', async () => {
  sendDueUsage = () => Promise.resolve({ counts, more: true });
  await round();
  expect(calls).toBe(5);
});
