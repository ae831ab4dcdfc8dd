import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DomainActivities, MetadataActivities } from '../../../activities/identity/interface-domains';
import { CHECK_DOMAINS } from '../../../contract/identity/domain-checks';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import type { checkDomains } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

let env: TestWorkflowEnvironment;
let stop: (() => Promise<void>) | undefined;
let portions = 1;
let called: string[] = [];
const activities: DomainActivities & MetadataActivities = {
  checkDueDomains: () => {
    called.push('check');
    return Promise.resolve({ counts: { found: 2, missing: 1 }, more: called.length < portions });
  },
  takeWithdrawnDomains: () => {
    called.push('take');
    return Promise.resolve(4);
  },
  connectDueDomains: () => {
    called.push('connect');
    return Promise.resolve({ connected: 2, disconnected: 1 });
  },
  refreshMetadata: () => {
    called.push('refresh');
    return Promise.resolve({ renewed: 1 });
  },
};

beforeAll(async () => ({ env, stop } = await startOnQueues([], () => ({ ...activities }))), 300_000);
afterAll(() => stop?.());
beforeEach(() => void (called = []));

let sequence = 0;
const round = () =>
  env.client.workflow.execute<typeof checkDomains>(CHECK_DOMAINS, {
    taskQueue: TASK_QUEUE,
    workflowId: `${CHECK_DOMAINS}-${process.pid}-${++sequence}`,
  });

/** What is counted after the looks. */
const ENDED = { unanswered: 0, taken: 4, connected: 2, disconnected: 1, renewed: 1, unusable: 0 };

test('a round looks while domains are due, takes the withdrawn ones away, connects what is due, reads metadata again, and adds up', async () => {
  portions = 3;
  expect(await round()).toEqual({ ...ENDED, found: 6, missing: 3 });
  expect(called).toEqual(['check', 'check', 'check', 'take', 'connect', 'refresh']);
});

test('a round ends although domains are still due, so that its history stays short; the next one goes on', async () => {
  portions = Infinity;
  expect(await round()).toEqual({ ...ENDED, found: 100, missing: 50 });
  expect(called).toHaveLength(53);
});
