import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import type { ArrearsReport, BillingActivities } from '../../../activities/billing/interface';
import { BILLING_SIGNAL, billingWorkflowId, WATCH_BILLING } from '../../../contract/billing/billing';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import type { watchBilling } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const DAY = 86_400_000;

/** Arrears as the registry would know them. */
interface Arrears {
  remindAt: number[];
  remindedAt: number;
  suspendAt: number;
  suspended: boolean;
  paid: boolean;
  open: boolean;
}

let env: TestWorkflowEnvironment;
let stop: () => Promise<void>;
let arrears: Arrears;
let waits: number;
/** How many reports cannot be handled yet. */
let handle: () => Promise<number>;
/** What the run did, with the day on which it did it. */
let journal: string[];
let began: number;
let tenants = 0;

const note = async (what: string): Promise<void> => {
  journal.push(`${what} on day ${Math.floor(((await env.currentTimeMs()) - began) / DAY)}`);
};

const activities: Omit<BillingActivities, 'assignBillingEvents'> & {
  notifyTenant(input: { about: string }): Promise<void>;
} = {
  handleBillingEvents: async () => ({ left: await handle() }),
  async readArrears(): Promise<ArrearsReport> {
    const now = await env.currentTimeMs();
    const { remindAt, remindedAt, suspendAt, suspended, paid, open } = arrears;
    const due = paid
      ? suspended
        ? 'resume'
        : 'close'
      : suspended
        ? undefined
        : remindAt.some((at) => at <= now && at > remindedAt)
          ? 'remind'
          : suspendAt <= now
            ? 'suspend'
            : undefined;
    if (!open) return { state: 'none' };
    const next = Math.min(...[suspendAt, ...remindAt].filter((at) => at > now));
    const since = new Date(began).toISOString();
    const seconds = suspended && due === undefined ? undefined : Math.max(0, Math.ceil((next - now) / 1000));
    return { state: 'open', since, due, seconds, actionRequired: false, thank: due === 'close' };
  },
  async recordArrearsReminder() {
    arrears.remindedAt = await env.currentTimeMs();
  },
  async suspendForArrears() {
    if (waits-- > 0) return { answer: 'wait' };
    arrears.suspended = true;
    await note('suspended');
    return { answer: 'done' };
  },
  async resumeAfterPayment() {
    if (waits-- > 0) return { answer: 'wait' };
    arrears.open = false;
    await note('resumed');
    return { answer: 'done' };
  },
  async closeArrears() {
    arrears.open = false;
  },
  notifyTenant: ({ about }) => note(about),
};

beforeAll(async () => {
  ({ env, stop } = await startOnQueues([], () => activities));
}, 300_000);
afterAll(() => stop());
beforeEach(async () => {
  began = await env.currentTimeMs();
  const remindAt = [0, 3, 7].map((day) => began + day * DAY);
  arrears = { remindAt, remindedAt: 0, suspendAt: began + 14 * DAY, suspended: false, paid: false, open: true };
  journal = [];
  waits = 0;
  handle = () => Promise.resolve(0);
});

const start = () => {
  const tenantId = 'abcdefghijklmnop'.slice(0, 15) + String.fromCharCode(97 + tenants++);
  return env.client.workflow.signalWithStart<typeof watchBilling, []>(WATCH_BILLING, {
    taskQueue: TASK_QUEUE,
    workflowId: billingWorkflowId(tenantId),
    args: [{ tenantId, operationId: 'op_a2b3c4d5e6f7g2h3i4j5' }],
    signal: BILLING_SIGNAL,
    signalArgs: [],
  });
};

test('the customer is reminded on the plan’s days, and then the tenant is suspended', async () => {
  await (await start()).result();
  expect(journal).toEqual([
    'payment-failed on day 0',
    'payment-failed on day 3',
    'payment-failed on day 7',
    'suspended on day 14',
  ]);
});

test('a payment ends the reminders, and the customer is told', async () => {
  const run = await start();
  await env.sleep('4 days');
  arrears.paid = true;
  await run.signal(BILLING_SIGNAL);
  await run.result();
  expect(journal).toEqual(['payment-failed on day 0', 'payment-failed on day 3', 'payment-received on day 4']);
});

test('a suspended tenant that pays is resumed by the run that the payment starts, as soon as it is not busy', async () => {
  Object.assign(arrears, { suspended: true, paid: true });
  waits = 3;
  await (await start()).result();
  expect(journal).toEqual(['resumed on day 0']);
  expect(waits).toBe(-1);
});

test('a tenant in good standing needs no run', async () => {
  arrears.open = false;
  await (await start()).result();
  expect(journal).toEqual([]);
});

test('a report that cannot be handled is tried again, and stops nothing for good', async () => {
  let attempts = 0;
  handle = () => {
    attempts += 1;
    if (attempts === 1)
      return Promise.reject(ApplicationFailure.nonRetryable('The registry’s schema is not the worker’s.'));
    return Promise.resolve(attempts < 4 ? 1 : 0);
  };
  arrears.open = false;
  await (await start()).result();
  expect(attempts).toBe(4);
});
