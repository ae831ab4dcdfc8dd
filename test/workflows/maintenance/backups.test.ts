import { ApplicationFailure } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../../activities/operations/interface';
import type { BackupActivities } from '../../../activities/backups/interface';
import { BACK_UP, BACKUPS, type BackupTask } from '../../../contract/backups/backups';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import type { backups, backUp } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';
import { gate } from '../../helpers/temporal/workflow-runs';

type Used = BackupActivities & Pick<Activities, 'notifyOperators'>;

const REGION = 'eu-central';
const FAR = 'far';

let env: TestWorkflowEnvironment;
let activities: Used;
let stop: () => Promise<void>;
const journal: string[] = [];
let sequence = 0;

beforeAll(async () => {
  ({ env, stop } = await startOnQueues([REGION, FAR], (taskQueue) =>
    Object.fromEntries(
      Object.keys(journaling()).map((name) => [
        name,
        (input: { backupId?: string }) => {
          const named = input?.backupId === undefined ? input : { ...input, backupId: nameOf(input.backupId) };
          journal.push([name, named?.backupId, `on ${taskQueue}`].filter(Boolean).join(' '));
          return (activities[name as keyof Used] as (input: unknown) => unknown)(named);
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

function journaling(): Used {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    requestFirstBackup: nothing,
    planBackups: () => Promise.resolve({ tasks: [], more: false }),
    makeBackup: nothing,
    testBackup: nothing,
    restoreBackup: nothing,
    recordBackupTrouble: () => Promise.resolve({ operationId: 'op_a2b3c4d5e6f7g2h3i4j5', first: true, occurrence: 7 }),
    notifyOperators: nothing,
  };
}

/** Test backups are identified by short names, which are encoded in their ids. */
const idOf = (name: string): string => `bk_${Buffer.from(name).toString('hex').padEnd(32, '0')}`;
const nameOf = (id: string): string => Buffer.from(id.slice(3), 'hex').toString().replaceAll('\0', '');

const taskOf = (name: string, more: Partial<BackupTask> = {}): BackupTask => ({
  backupId: idOf(name),
  tenantId: 'abcdefghij234567',
  region: REGION,
  action: 'make',
  ...more,
});
const one = (task: BackupTask): Promise<void> =>
  env.client.workflow.execute<typeof backUp>(BACK_UP, {
    taskQueue: TASK_QUEUE,
    workflowId: `backup-${++sequence}`,
    args: [task],
  });
const round = (): Promise<void> =>
  env.client.workflow.execute<typeof backups>(BACKUPS, { taskQueue: TASK_QUEUE, workflowId: `backups-${++sequence}` });

test('making, testing and restoring a backup each run on the queue of the backup’s region', async () => {
  await one(taskOf('a'));
  await one(taskOf('b', { action: 'test' }));
  await one(taskOf('c', { action: 'restore' }));
  expect(journal).toEqual([
    'makeBackup a on region.eu-central',
    'testBackup b on region.eu-central',
    'restoreBackup c on region.eu-central',
  ]);
});

test('a permanently failing backup is recorded and reported to the operators, and its workflow still completes', async () => {
  const told: unknown[] = [];
  const noted: unknown[] = [];
  activities.testBackup = () => Promise.reject(ApplicationFailure.nonRetryable('cut off', 'BackupUnusable'));
  activities.notifyOperators = (notice) => Promise.resolve(void told.push(notice));
  const record = activities.recordBackupTrouble;
  activities.recordBackupTrouble = (trouble) => {
    noted.push(trouble);
    return record(trouble);
  };
  await one(taskOf('a', { action: 'test' }));
  expect(noted).toEqual([{ backupId: 'a', action: 'test', problem: 'cut off' }]);
  expect(told).toEqual([
    {
      operationId: 'op_a2b3c4d5e6f7g2h3i4j5',
      occurrence: 7,
      status: 'active',
      failure: { type: 'BackupUnusable', message: `Backup ${idOf('a')} was not restored: cut off`, step: 'finalize' },
    },
  ]);
});

test('a transient failure is retried, and a second failure in a row is not reported again', async () => {
  activities.makeBackup = () => Promise.reject(ApplicationFailure.retryable('no connection', 'ProviderUnavailable'));
  activities.recordBackupTrouble = () =>
    Promise.resolve({ operationId: 'op_a2b3c4d5e6f7g2h3i4j5', first: false, occurrence: 8 });
  await one(taskOf('a'));
  expect(journal.filter((entry) => entry.startsWith('makeBackup'))).toHaveLength(5);
  expect(journal.filter((entry) => entry.startsWith('notifyOperators'))).toEqual([]);
});

test('a failing task for a backup that no longer exists ends quietly', async () => {
  activities.makeBackup = () => Promise.reject(ApplicationFailure.nonRetryable('no such backup', 'StateConflict'));
  activities.recordBackupTrouble = () => Promise.resolve(undefined);
  await one(taskOf('a'));
  expect(journal.at(-1)).toBe('recordBackupTrouble a on provisioning');
});

test('a round works through everything that is due, at most four at a time, and asks again while there is more', async () => {
  let [running, most, rounds] = [0, 0, 0];
  activities.planBackups = () => {
    rounds += 1;
    const tasks = Array.from({ length: 9 }, (_, index) => taskOf(`${rounds}-${index}`));
    return Promise.resolve({ tasks, more: rounds < 3 });
  };
  activities.makeBackup = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 30));
    running -= 1;
  };
  await round();
  expect(rounds).toBe(3);
  expect(new Set(journal.filter((entry) => entry.startsWith('makeBackup'))).size).toBe(27);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});

test('neither a stuck region nor a failing backup delays the others', async () => {
  const noted: string[] = [];
  const { wait, release } = gate();
  const stuck = Array.from({ length: 5 }, (_, index) => taskOf(`stuck-${index}`, { region: FAR }));
  activities.planBackups = () =>
    Promise.resolve({ tasks: [...stuck, taskOf('bad'), taskOf('good'), taskOf('late')], more: false });
  activities.makeBackup = async ({ backupId }) => {
    if (backupId.startsWith('stuck')) await wait();
    if (backupId === 'bad') throw ApplicationFailure.nonRetryable('no', 'ProviderRefused');
    if (backupId === 'late') release();
  };
  activities.recordBackupTrouble = ({ backupId, problem }) => {
    noted.push(`${backupId}: ${problem}`);
    return Promise.resolve(undefined);
  };
  await round();
  const made = journal.filter((entry) => entry.startsWith('makeBackup'));
  expect(made).toEqual(
    expect.arrayContaining(['makeBackup good on region.eu-central', 'makeBackup stuck-4 on region.far']),
  );
  expect(made).toHaveLength(8);
  expect(noted).toEqual(['bad: no']);
});
