import type { SearchAttributePair } from '@temporalio/common';
import { backupWorkflowId, type BackupDeed, type BackupTask } from './backups';
import { TASK_QUEUE } from './messages';
import { tenantAttribute } from './tenant-attribute';

/** What each deed is called where people read it. */
export const BACKUP_DEEDS: Record<BackupDeed, string> = { make: 'Back up', test: 'Test a restore', restore: 'Restore' };

/** What every run about one backup is started with, whoever starts it. */
export interface BackupStart {
  workflowId: string;
  taskQueue: string;
  args: [BackupTask];
  staticSummary: string;
  typedSearchAttributes: SearchAttributePair[];
}

/** Options of a run about one backup. */
export function backupStart(task: BackupTask, taskQueue = TASK_QUEUE): BackupStart {
  const { backupId, tenantId, deed } = task;
  return {
    workflowId: backupWorkflowId(task),
    taskQueue,
    args: [task],
    staticSummary: `${BACKUP_DEEDS[deed]}: ${backupId} of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
  };
}
