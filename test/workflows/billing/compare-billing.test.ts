import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ComparisonActivities } from '../../../activities/billing/interface';
import { COMPARE_BILLING } from '../../../contract/billing/comparison';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import type { compareBilling } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const COMPARED = { tenants: 3, subscriptions: 2, findings: 1 };

let env: TestWorkflowEnvironment;
let stop: (() => Promise<void>) | undefined;
let called: string[] = [];
let refusals = 0;
const activities: ComparisonActivities = {
  compareBilling: () => {
    called.push('compare');
    refusals -= 1;
    return refusals < 0 ? Promise.resolve(COMPARED) : Promise.reject(new Error('No answer.'));
  },
  mailBillingFindings: () => {
    called.push('mail');
    return Promise.resolve();
  },
};

beforeAll(async () => ({ env, stop } = await startOnQueues([], () => ({ ...activities }))), 300_000);
afterAll(() => stop?.());
beforeEach(() => void ((called = []), (refusals = 0)));

let sequence = 0;
const round = () =>
  env.client.workflow.execute<typeof compareBilling>(COMPARE_BILLING, {
    taskQueue: TASK_QUEUE,
    workflowId: `${COMPARE_BILLING}-${process.pid}-${++sequence}`,
  });

test('operators are mailed after the comparison, whose counts are the result', async () => {
  expect(await round()).toEqual(COMPARED);
  expect(called).toEqual(['compare', 'mail']);
});

test('a comparison that gets no answer is tried three times, and nobody is mailed', async () => {
  refusals = 3;
  await expect(round()).rejects.toThrow();
  expect(called).toEqual(['compare', 'compare', 'compare']);
});
