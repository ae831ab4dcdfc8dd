import {
  ActivityFailure,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { BackupActivities } from '../activities/interface-backup';
import type { BackupDeed, BackupTask } from '../contract/backups';
import { BACKUP_DEEDS } from '../contract/backup-start';
import { regionTaskQueue, TASK_QUEUE } from '../contract/messages';
import { LOCAL, mailActivities } from './activities';
import { describeFailure } from './failures';
import { aText, inputOf, matching, oneOf, TENANT_ID } from './received';

type Proxy = ActivityInterfaceFor<BackupActivities>;

/** Backups made at once in one region, so that its servers have time for the tenants. */
const AT_ONCE = 4;

/** Who does what. */
const ACTIVITY = { make: 'makeBackup', test: 'testBackup', restore: 'restoreBackup' } as const;

/** Behind everything that somebody waits for; 3 is what others have. */
const PRIORITY = { priorityKey: 4 };

/** Short statements on the registry. A round that gets no answer ends; the next one comes by itself. */
const registry = proxyActivities<BackupActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '15m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Makes one backup, tests that it can be restored, or restores it. What goes wrong ends in the registry and with the operators, not in a failed workflow. */
export async function backUp(task: BackupTask): Promise<void> {
  const deeds: readonly BackupDeed[] = ['make', 'test', 'restore'];
  inputOf(task, { backupId: matching(/^bk_[0-9a-f]{32}$/), tenantId: TENANT_ID, region: aText, deed: oneOf(deeds) });
  const { backupId, deed } = task;
  try {
    await inRegion(task)[ACTIVITY[deed]]({ backupId });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    await tellOf(task, error);
  }
}

/** One round: everything that is due is done, each region at its own pace, so that one whose worker is away holds up no other. */
export async function backups(): Promise<void> {
  const { tasks, more } = await registry.planBackups();
  const waiting = new Map<string, BackupTask[]>();
  for (const task of tasks) waiting.set(task.region, [...(waiting.get(task.region) ?? []), task]);
  const inTurn = async (queue: BackupTask[]): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) await backUp(task);
  };
  await Promise.all([...waiting.values()].flatMap((queue) => Array.from({ length: AT_ONCE }, () => inTurn(queue))));
  if (more) await continueAsNew<typeof backups>();
}

/** Asks for a tenant's first backup: one marker in the run's history. Rejects when it could not be asked for; a later round sees to it then. */
export function firstBackup(): Proxy {
  return proxyLocalActivities<BackupActivities>({
    startToCloseTimeout: LOCAL,
    retry: { maximumAttempts: 1 },
  });
}

/** Where a region's credentials are. Bounded: what is still due then comes up again. */
function inRegion({ region, deed }: BackupTask): Proxy {
  return proxyActivities<BackupActivities>({
    taskQueue: regionTaskQueue(region),
    summary: BACKUP_DEEDS[deed],
    ...(deed === 'restore' ? {} : { priority: PRIORITY }),
    scheduleToStartTimeout: '30m',
    startToCloseTimeout: '1h',
    scheduleToCloseTimeout: '2h',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '5s', backoffCoefficient: 3, maximumInterval: '5m', maximumAttempts: 5 },
  });
}

/** One mail when something that went well fails: an outage of a day is not a mail every ten minutes. */
async function tellOf({ backupId, deed }: BackupTask, error: ActivityFailure): Promise<void> {
  const { type, message } = describeFailure(error, 'finalize');
  log.warn('A backup or the test of one was not done', { backupId, deed, type });
  const trouble = await registry.recordBackupTrouble({ backupId, deed, problem: message });
  if (!trouble?.first) return;
  const { operationId, occurrence } = trouble;
  const what = `Backup ${backupId} was not ${deed === 'make' ? 'made' : 'restored'}`;
  try {
    await mailActivities('Tell the operators').notifyOperators({
      ...{ operationId, occurrence, status: 'active' },
      failure: { type, message: `${what}: ${message}`, step: 'finalize' },
    });
  } catch (undelivered) {
    if (!(undelivered instanceof ActivityFailure) || isCancellation(undelivered)) throw undelivered;
    log.warn('Nobody was told', { backupId });
  }
}
