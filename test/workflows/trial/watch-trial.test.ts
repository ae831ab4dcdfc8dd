import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import type { TrialActivities, TrialReport } from '../../../activities/trials/interface';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { TRIAL, TRIAL_SIGNAL, trialWorkflowId } from '../../../contract/tenants/trials';
import type { watchTrial } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const DAY = 86_400_000;

/** A trial as the registry would know it. `behind`: how far the registry's clock is behind that of Temporal, in milliseconds. */
interface Trial {
  endsAt: number;
  remindAt: number[];
  remindedAt: number;
  over: boolean;
  behind: number;
}

let env: TestWorkflowEnvironment;
let stop: () => Promise<void>;
let trial: Trial;
let answers: Awaited<ReturnType<TrialActivities['endTrial']>>['answer'][];
let notify: () => Promise<void>;
/** What the run did, with the day on which it did it. */
let journal: string[];
let began: number;
let tenants = 0;

const clock = async (): Promise<number> => (await env.currentTimeMs()) - trial.behind;
const note = async (what: string): Promise<void> => {
  journal.push(`${what} on day ${Math.floor(((await clock()) - began) / DAY)}`);
};

const activities: Pick<TrialActivities, 'readTrial' | 'recordTrialReminder' | 'endTrial'> & {
  notifyTenant(input: { operationId: string; about: string }): Promise<void>;
} = {
  async readTrial(): Promise<TrialReport> {
    const now = await clock();
    const { endsAt, remindAt, remindedAt, over } = trial;
    if (over) return { state: 'over' };
    const due = endsAt <= now;
    const next = Math.min(...[endsAt, ...remindAt].filter((at) => at > now));
    return {
      state: 'open',
      endsAt: new Date(endsAt).toISOString(),
      then: 'suspend',
      due,
      remind: !due && remindAt.some((at) => at <= now && at > remindedAt),
      seconds: due ? 0 : Math.ceil((next - now) / 1000),
    };
  },
  async recordTrialReminder() {
    trial.remindedAt = await clock();
  },
  async endTrial() {
    const answer = answers.shift() ?? 'ended';
    if (answer === 'ended') trial.over = true;
    await note(answer);
    return { answer };
  },
  async notifyTenant({ about }) {
    await note(about);
    await notify();
  },
};

beforeAll(async () => {
  ({ env, stop } = await startOnQueues([], () => activities));
}, 120_000);
afterAll(() => stop());
beforeEach(async () => {
  began = await env.currentTimeMs();
  trial = { endsAt: began + 14 * DAY, remindAt: [], remindedAt: began, over: false, behind: 0 };
  answers = [];
  journal = [];
  notify = () => Promise.resolve();
});

const start = () => {
  const tenantId = 'abcdefghijklmnop'.slice(0, 15) + String.fromCharCode(97 + tenants++);
  return env.client.workflow.start<typeof watchTrial>(TRIAL, {
    taskQueue: TASK_QUEUE,
    workflowId: trialWorkflowId(tenantId),
    args: [{ tenantId, operationId: 'op_a2b3c4d5e6f7g2h3i4j5' }],
  });
};

test('the first admin is reminded before the end, and at the end the trial ends', async () => {
  trial.remindAt = [7, 13].map((day) => began + day * DAY);
  await (await start()).result();
  expect(journal).toEqual(['trial-ending on day 7', 'trial-ending on day 13', 'ended on day 14']);
});

test('a reminder that cannot be sent does not stop the end', async () => {
  trial.remindAt = [began + 7 * DAY];
  notify = () => Promise.reject(ApplicationFailure.nonRetryable('No mail server.'));
  await (await start()).result();
  expect(journal).toEqual(['trial-ending on day 7', 'ended on day 14']);
});

test('an end that is moved ahead wakes the run, and the new end counts', async () => {
  const handle = await start();
  await env.sleep('1 day');
  trial.endsAt = began + 3 * DAY;
  await handle.signal(TRIAL_SIGNAL);
  await handle.result();
  expect(journal).toEqual(['ended on day 3']);
});

test('an end that is moved back without word of it counts, because the run reads it when it wakes', async () => {
  const handle = await start();
  await env.sleep('1 day');
  trial.endsAt = began + 20 * DAY;
  await handle.result();
  expect(journal).toEqual(['ended on day 20']);
});

test('a trial that is over ends its run, and nothing else happens', async () => {
  const handle = await start();
  await env.sleep('1 day');
  trial.over = true;
  await handle.signal(TRIAL_SIGNAL);
  await handle.result();
  expect(journal).toEqual([]);
});

test('while the tenant is busy or suspended the run tries again, less and less often', async () => {
  answers = Array.from({ length: 20 }, () => 'wait' as const);
  await (await start()).result();
  expect(journal).toHaveLength(21);
  expect(journal.at(0)).toBe('wait on day 14');
  expect(journal.at(-1)).toBe('ended on day 17');
});

test('a tenant that can be changed again is changed as soon as the run is woken', async () => {
  answers = Array.from({ length: 11 }, () => 'wait' as const);
  const handle = await start();
  await env.sleep('14.5 days');
  const waits = journal.length;
  answers = [];
  await handle.signal(TRIAL_SIGNAL);
  await handle.result();
  expect(journal.slice(waits)).toEqual(['ended on day 14']);
});

test('the registry’s clock decides when the trial has ended, not Temporal’s', async () => {
  const handle = await start();
  await env.sleep('13 days');
  trial.behind = 2 * DAY;
  await handle.result();
  expect(journal).toEqual(['ended on day 14']);
  expect(await env.currentTimeMs()).toBeGreaterThanOrEqual(began + 16 * DAY);
});

test('the Web UI says until when the run waits, and what then begins', async () => {
  const handle = await start();
  await env.sleep('1 day');
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toBe(`The trial ends at **${new Date(trial.endsAt).toISOString()}**. Then: **Suspend**.`);
  trial.over = true;
  await handle.signal(TRIAL_SIGNAL);
  await handle.result();
});
