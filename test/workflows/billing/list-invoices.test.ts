import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { LIST_INVOICES, type InvoicesInput } from '../../../contract/billing/invoices';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import type { listInvoices } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const TENANT = 'abcdefghijklmnop';

let env: TestWorkflowEnvironment;
let stop: (() => Promise<void>) | undefined;
let asked: InvoicesInput[] = [];
let refusals = 0;

beforeAll(async () => {
  const readInvoices = (input: InvoicesInput) => {
    asked.push(input);
    refusals -= 1;
    return refusals < 0 ? Promise.resolve({ items: [] }) : Promise.reject(new Error('No answer.'));
  };
  ({ env, stop } = await startOnQueues([], () => ({ readInvoices })));
}, 300_000);
afterAll(() => stop?.());
beforeEach(() => void ((asked = []), (refusals = 0)));

let sequence = 0;
const list = (input: object) =>
  env.client.workflow.execute<typeof listInvoices>(LIST_INVOICES, {
    taskQueue: TASK_QUEUE,
    workflowId: `${LIST_INVOICES}-${process.pid}-${++sequence}`,
    args: [input as InvoicesInput],
  });

test.each([
  { tenantId: TENANT, limit: 1 },
  { tenantId: TENANT, limit: 100, after: 'in_1' },
])('a worker reads the page %j', async (input) => {
  expect(await list(input)).toEqual({ items: [] });
  expect(asked).toEqual([input]);
});

test('a question without an answer is asked three times, because a caller waits', async () => {
  refusals = 3;
  await expect(list({ tenantId: TENANT, limit: 1 })).rejects.toThrow();
  expect(asked).toHaveLength(3);
});

test.each([
  { tenantId: 'x', limit: 1 },
  { tenantId: TENANT, limit: 0 },
  { tenantId: TENANT, limit: 101 },
  { tenantId: TENANT, limit: 1, after: 'ch_1' },
  { tenantId: TENANT, limit: 1, after: 'xin_1' },
])('the input %j is refused, and nothing is read', async (input) => {
  await expect(list(input)).rejects.toThrow();
  expect(asked).toEqual([]);
});
