import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WebhookActivities } from '../../../activities/webhooks/interface';
import { WEBHOOK_TASK_QUEUE, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { webhookStart } from '../../../contract/temporal/run-starts';
import { startRun } from '../../../contract/temporal/start-run';
import {
  DELIVER_WEBHOOK,
  deliveryIdOf,
  deliveryWorkflowId,
  type DueDelivery,
} from '../../../contract/webhooks/webhooks';
import type { deliverWebhook } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const DAY = 86_400;

let env: TestWorkflowEnvironment;
let activities: WebhookActivities;
let stop: () => Promise<void>;
let queues: string[];

beforeAll(async () => {
  ({ env, stop } = await startOnQueues([], (taskQueue) => ({
    attemptWebhook: (delivery: never) => {
      queues.push(taskQueue);
      return activities.attemptWebhook(delivery);
    },
  })));
}, 120_000);
afterAll(() => stop());
beforeEach(() => void (queues = []));

const newDelivery = (): DueDelivery => ({
  deliveryId: deliveryIdOf(randomUUID()),
  round: 1,
  endpointId: 'we_1',
  type: 'operation.status',
  tenantId: 'k3v9x2m4q7w8r5ta',
});

const run = (delivery = newDelivery()) => {
  const { deliveryId, round } = delivery;
  return env.client.workflow.execute<typeof deliverWebhook>(DELIVER_WEBHOOK, {
    taskQueue: TASK_QUEUE,
    workflowId: deliveryWorkflowId(delivery),
    args: [{ deliveryId, round }],
  });
};

test('a message that is delivered at once takes one attempt, on the queue of the webhooks', async () => {
  activities = { attemptWebhook: () => Promise.resolve({ ended: true, attempts: 1 }) };
  expect(await run()).toEqual({ attempts: 1 });
  expect(queues).toEqual([WEBHOOK_TASK_QUEUE]);
});

test('a failing message is tried again after the pauses that its attempts ask for, for days', async () => {
  const pauses = [5, 20, 3600, DAY, DAY];
  const times: number[] = [];
  activities = {
    attemptWebhook: async () => {
      times.push(await env.currentTimeMs());
      const waitSeconds = pauses[times.length - 1];
      const attempts = times.length;
      if (waitSeconds === undefined) return { ended: true, attempts };
      return { ended: false, attempts, waitSeconds, problem: 'The answer was 500.' };
    },
  };
  expect(await run()).toEqual({ attempts: 6 });
  const passed = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
  passed.forEach((seconds, index) => expect(seconds).toBeGreaterThanOrEqual(pauses[index]!));
  passed.forEach((seconds, index) => expect(seconds).toBeLessThan(pauses[index]! + 60));
});

test('a lost worker or registry costs another attempt, and not the delivery', async () => {
  let tries = 0;
  activities = {
    attemptWebhook: () => {
      tries += 1;
      if (tries < 4) return Promise.reject(new Error('The registry does not answer.'));
      return Promise.resolve({ ended: true, attempts: 1 });
    },
  };
  expect(await run()).toEqual({ attempts: 1 });
  expect(tries).toBe(4);
});

test('a delivery of three days keeps a small history', async () => {
  let attempts = 0;
  activities = {
    attemptWebhook: () => {
      attempts += 1;
      if (attempts === 77) return Promise.resolve({ ended: true, attempts });
      return Promise.resolve({ ended: false, attempts, waitSeconds: 3600, problem: 'The answer was 503.' });
    },
  };
  const delivery = newDelivery();
  expect(await run(delivery)).toEqual({ attempts: 77 });
  const { events } = await env.client.workflow.getHandle(deliveryWorkflowId(delivery)).fetchHistory();
  expect(events!.length).toBeLessThan(1_000);
}, 120_000);

test('a second start of a round has no effect, and the next round is another run', async () => {
  const delivery = newDelivery();
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  // By run: a slow machine may cost an attempt, and the same run then asks again.
  const rounds = new Map<string, number>();
  activities = {
    attemptWebhook: async ({ round }) => {
      rounds.set(activityInfo().workflowExecution!.runId, round);
      await released;
      return { ended: true, attempts: 1 };
    },
  };
  await startRun(env.client, webhookStart(delivery));
  await startRun(env.client, webhookStart(delivery));
  await startRun(env.client, webhookStart({ ...delivery, round: 2 }));
  const handle = (round: number) => env.client.workflow.getHandle(deliveryWorkflowId({ ...delivery, round }));
  release();
  // One after the other: the test server skips time while a client waits, and with two that wait also while a run has work to do.
  for (const round of [1, 2]) await handle(round).result();
  expect([...rounds.values()].sort()).toEqual([1, 2]);
  const { typedSearchAttributes } = await handle(1).describe();
  expect(JSON.stringify(typedSearchAttributes.getAll())).toContain('k3v9x2m4q7w8r5ta');
});
