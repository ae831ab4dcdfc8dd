import { backupWorkflowId, type BackupDeed, type BackupTask } from './backups';
import { TASK_QUEUE } from './messages';

/** What each deed is called where people read it. */
export const BACKUP_DEEDS: Record<BackupDeed, string> = { make: 'Back up', test: 'Test a restore', restore: 'Restore' };

/** What every run about one backup is started with, whoever starts it. */
export interface BackupStart {
  workflowId: string;
  taskQueue: string;
  args: [BackupTask];
  staticSummary: string;
}

/** Options of a run about one backup. */
export function backupStart(task: BackupTask, taskQueue = TASK_QUEUE): BackupStart {
  const { backupId, deed } = task;
  return {
    workflowId: backupWorkflowId(task),
    taskQueue,
    args: [task],
    staticSummary: `${BACKUP_DEEDS[deed]}: ${backupId}`,
  };
}
