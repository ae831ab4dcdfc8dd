import { ApplicationFailure } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../activities/interface';
import type { BackupActivities } from '../../activities/interface-backup';
import { BACK_UP, BACKUPS, type BackupTask } from '../../contract/backups';
import { TASK_QUEUE } from '../../contract/messages';
import type { backups, backUp } from '../../workflows';
import { startOnQueues } from '../helpers/workflow-queues';
import { gate } from '../helpers/workflow-runs';

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

/** Backups have names here, which their ids carry. */
const idOf = (name: string): string => `bk_${Buffer.from(name).toString('hex').padEnd(32, '0')}`;
const nameOf = (id: string): string => Buffer.from(id.slice(3), 'hex').toString().replaceAll('\0', '');

const taskOf = (name: string, more: Partial<BackupTask> = {}): BackupTask => ({
  ...{ backupId: idOf(name), tenantId: 'abcdefghij234567', region: REGION, deed: 'make' },
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

test('a backup is made, a restore tested and a tenant put back where the region’s credentials are', async () => {
  await one(taskOf('a'));
  await one(taskOf('b', { deed: 'test' }));
  await one(taskOf('c', { deed: 'restore' }));
  expect(journal).toEqual([
    'makeBackup a on region.eu-central',
    'testBackup b on region.eu-central',
    'restoreBackup c on region.eu-central',
  ]);
});

test('one that fails for good is recorded and the operators are told; the workflow ends well', async () => {
  const told: unknown[] = [];
  const noted: unknown[] = [];
  activities.testBackup = () => Promise.reject(ApplicationFailure.nonRetryable('cut off', 'BackupUnusable'));
  activities.notifyOperators = (notice) => Promise.resolve(void told.push(notice));
  const record = activities.recordBackupTrouble;
  activities.recordBackupTrouble = (trouble) => {
    noted.push(trouble);
    return record(trouble);
  };
  await one(taskOf('a', { deed: 'test' }));
  expect(noted).toEqual([{ backupId: 'a', deed: 'test', problem: 'cut off' }]);
  expect(told).toEqual([
    {
      ...{ operationId: 'op_a2b3c4d5e6f7g2h3i4j5', occurrence: 7, status: 'active' },
      failure: { type: 'BackupUnusable', message: `Backup ${idOf('a')} was not restored: cut off`, step: 'finalize' },
    },
  ]);
});

test('what may pass is tried again, and a second failure in a row is not told again', async () => {
  activities.makeBackup = () => Promise.reject(ApplicationFailure.retryable('no connection', 'ProviderUnavailable'));
  activities.recordBackupTrouble = () =>
    Promise.resolve({ operationId: 'op_a2b3c4d5e6f7g2h3i4j5', first: false, occurrence: 8 });
  await one(taskOf('a'));
  expect(journal.filter((entry) => entry.startsWith('makeBackup'))).toHaveLength(5);
  expect(journal.filter((entry) => entry.startsWith('notifyOperators'))).toEqual([]);
});

test('one that nobody knows any more ends quietly', async () => {
  activities.makeBackup = () => Promise.reject(ApplicationFailure.nonRetryable('no such backup', 'StateConflict'));
  activities.recordBackupTrouble = () => Promise.resolve(undefined);
  await one(taskOf('a'));
  expect(journal.at(-1)).toBe('recordBackupTrouble a on provisioning');
});

test('a round does everything that is due, a few at a time, and goes on while there is more', async () => {
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

test('a region that does not get on, and a backup that fails, hold up no other', async () => {
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
