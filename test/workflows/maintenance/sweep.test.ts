import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SweepActivities } from '../../../activities/maintenance/interface-sweep';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { SWEEP, type SweepCounts, type SweepInput } from '../../../contract/maintenance/sweeps';
import type { sweep } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const COUNTS: SweepCounts = {
  orphans: 0,
  unknownTenants: 0,
  lostRuns: 0,
  released: 0,
  removed: 0,
  resumed: 0,
  problems: 0,
};

const PLAN = { regions: ['eu-central'], graceSeconds: 60, leaseSeconds: 60 };

let env: TestWorkflowEnvironment;
let activities: SweepActivities;
let stop: () => Promise<void>;
const journal: string[] = [];
let sequence = 0;

beforeAll(async () => {
  ({ env, stop } = await startOnQueues(['eu-central'], (taskQueue) =>
    Object.fromEntries(
      Object.keys(journaling()).map((name) => [
        name,
        (input: never) => {
          journal.push(`${name} on ${taskQueue}`);
          return activities[name as keyof SweepActivities](input);
        },
      ]),
    ),
  ));
}, 120_000);
afterAll(() => stop());
beforeEach(() => {
  journal.length = 0;
  activities = journaling();
});

function journaling(): SweepActivities {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    beginSweep: ({ sweepId, requestedBy, dryRun, tenants = [] }) =>
      Promise.resolve({ plan: { sweepId, requestedBy, dryRun, tenants, ...PLAN } }),
    findLostRuns: nothing,
    sweepRegion: nothing,
    resumeLostRuns: nothing,
    removeOrphans: nothing,
    recordUnanswered: nothing,
    concludeSweep: () => Promise.resolve(COUNTS),
  };
}

const run = (input: Partial<SweepInput> = {}): Promise<Awaited<ReturnType<typeof sweep>>> =>
  env.client.workflow.execute<typeof sweep>(SWEEP, {
    taskQueue: TASK_QUEUE,
    workflowId: `sweep-${++sequence}`,
    args: [{ requestedBy: 'test', dryRun: false, ...input }],
  });

test('every look-up finishes before anything is changed, each on the queue of its region', async () => {
  const result = await run();
  expect(result).toMatchObject({ state: 'done', counts: COUNTS });
  expect(result.sweepId).toMatch(/^sw_[0-9a-f]{32}$/);
  const looks = ['findLostRuns on provisioning', 'sweepRegion on provisioning', 'sweepRegion on region.eu-central'];
  const actions = [
    'removeOrphans on provisioning',
    'removeOrphans on region.eu-central',
    'resumeLostRuns on provisioning',
  ];
  expect(journal[0]).toBe('beginSweep on provisioning');
  expect(journal.slice(1, 4).sort()).toEqual(looks);
  expect(journal.slice(4, 7).sort()).toEqual(actions);
  expect(journal.slice(7)).toEqual(['concludeSweep on provisioning']);
});

test('a dry run changes nothing', async () => {
  await run({ dryRun: true });
  expect(journal.filter((entry) => /^(removeOrphans|resumeLostRuns)/.test(entry))).toEqual([]);
  expect(journal).toContain('concludeSweep on provisioning');
});

test('a refused sweep touches nothing and gives the reason', async () => {
  activities.beginSweep = () => Promise.resolve({ refused: 'The ledger is empty.' });
  expect(await run()).toMatchObject({ state: 'refused', reason: 'The ledger is empty.' });
  expect(journal).toEqual(['beginSweep on provisioning']);
});

test('nothing is touched while the registry is unreachable', async () => {
  activities.beginSweep = () => Promise.reject(ApplicationFailure.retryable('no answer', 'ProviderUnavailable'));
  await expect(run()).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(new Set(journal)).toEqual(new Set(['beginSweep on provisioning']));
});

test('a part that fails permanently, such as a region, is recorded and does not stop the others', async () => {
  const noted: string[] = [];
  const refuse = (): Promise<never> => Promise.reject(ApplicationFailure.nonRetryable('no answer', 'X'));
  activities.findLostRuns = refuse;
  activities.sweepRegion = ({ region }) => (region === 'eu-central' ? refuse() : Promise.resolve());
  activities.recordUnanswered = ({ part, problem }) => Promise.resolve(void noted.push(`${part} | ${problem}`));
  expect(await run()).toMatchObject({ state: 'done' });
  expect(noted.sort()).toEqual(['eu-central | eu-central: not done. no answer', 'runs | runs: not done. no answer']);
  expect(journal).toContain('removeOrphans on provisioning');
});
