import { WorkflowIdConflictPolicy } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { BACK_UP, type BackupTask } from '../contract/backups';
import { backupStart } from '../contract/backup-start';

/** What activities ask of Temporal about backups. Throws when Temporal does not answer. */
export interface BackupRuns {
  /** Starts a run, or does nothing while it is under way. */
  begin(task: BackupTask): Promise<void>;
}

/** {@link BackupRuns} on the running activity's own client. */
export function createBackupRuns(client: () => Client): BackupRuns {
  return {
    async begin(task) {
      await client().workflow.start(BACK_UP, {
        ...backupStart(task),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      });
    },
  };
}
