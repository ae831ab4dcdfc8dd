import {
  type ActivityFailure,
  continueAsNew,
  log,
  proxyActivities,
  proxyLocalActivities,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { BackupActivities } from '../../activities/backups/interface';
import type { BackupAction, BackupTask } from '../../contract/backups/backups';
import { BACKUP_ACTIONS } from '../../contract/temporal/run-starts';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { LOCAL, mailActivities } from '../operations/proxies';
import { describeFailure } from '../operations/failures';
import { activitiesIn, settled } from '../operations/regional';
import { aText, inputOf, matching, oneOf, TENANT_ID } from '../operations/received';

type Proxy = ActivityInterfaceFor<BackupActivities>;

/** Concurrent backups per region; the limit leaves the region's servers capacity for the tenants. */
const AT_ONCE = 4;

/** The activity that carries out each action. */
const ACTIVITY = { make: 'makeBackup', test: 'testBackup', restore: 'restoreBackup' } as const;

/** Below Temporal's default of 3, so that activities people wait for go first. */
const PRIORITY = { priorityKey: 4 };

/** Short statements on the registry. A round that gets no answer ends; the schedule starts the next one. */
const registry = proxyActivities<BackupActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '15m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * Makes one backup, tests that it can be restored, or restores it. A failure is recorded in the registry and mailed to the operators; it does
 * not fail the workflow.
 */
export async function backUp(task: BackupTask): Promise<void> {
  const actions: readonly BackupAction[] = ['make', 'test', 'restore'];
  inputOf(task, {
    backupId: matching(/^bk_[0-9a-f]{32}$/),
    tenantId: TENANT_ID,
    region: aText,
    action: oneOf(actions),
  });
  const { backupId, action } = task;
  const { failure } = await settled(() => inRegion(task)[ACTIVITY[action]]({ backupId }));
  if (failure) await reportFailure(task, failure);
}

/** One round of everything that is due. Each region proceeds at its own pace, so a region whose worker is away delays no other. */
export async function backups(): Promise<void> {
  const { tasks, more } = await registry.planBackups();
  const queues = new Map<string, BackupTask[]>();
  for (const task of tasks) queues.set(task.region, [...(queues.get(task.region) ?? []), task]);
  const workThrough = async (queue: BackupTask[]): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) await backUp(task);
  };
  await Promise.all([...queues.values()].flatMap((queue) => Array.from({ length: AT_ONCE }, () => workThrough(queue))));
  if (more) await continueAsNew<typeof backups>();
}

/** A local activity that requests a tenant's first backup: one marker in the run's history. If it fails, a later round makes the backup. */
export function firstBackup(): Proxy {
  return proxyLocalActivities<BackupActivities>({
    startToCloseTimeout: LOCAL,
    retry: { maximumAttempts: 1 },
  });
}

/** Bounded in time: a later round plans again what is still due. */
function inRegion({ region, action }: BackupTask): Proxy {
  return activitiesIn<BackupActivities>(region, {
    summary: BACKUP_ACTIONS[action],
    ...(action === 'restore' ? {} : { priority: PRIORITY }),
    scheduleToStartTimeout: '30m',
    startToCloseTimeout: '1h',
    scheduleToCloseTimeout: '2h',
    retry: { initialInterval: '5s', backoffCoefficient: 3, maximumInterval: '5m', maximumAttempts: 5 },
  });
}

/** Mails the operators about the first failure in a row only, so that an outage of a day is not a mail every ten minutes. */
async function reportFailure({ backupId, action }: BackupTask, error: ActivityFailure): Promise<void> {
  const { type, message } = describeFailure(error, 'finalize');
  log.warn('A backup task failed', { backupId, action, type });
  const trouble = await registry.recordBackupTrouble({ backupId, action, problem: message });
  if (!trouble?.first) return;
  const { operationId, occurrence } = trouble;
  const what = `Backup ${backupId} was not ${action === 'make' ? 'made' : 'restored'}`;
  const { failure: undelivered } = await settled(() =>
    mailActivities('Notify the operators').notifyOperators({
      operationId,
      occurrence,
      status: 'active',
      failure: { type, message: `${what}: ${message}`, step: 'finalize' },
    }),
  );
  if (undelivered) log.warn('The operators could not be notified of a failed backup task', { backupId });
}
