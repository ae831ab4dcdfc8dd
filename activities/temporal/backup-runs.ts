import type { BackupTask } from '../../contract/backups/backups';
import { backupStart } from '../../contract/temporal/run-starts';
import { startRun, type RunStarter } from '../../contract/temporal/start-run';

/** Lets activities start runs about backups. Throws when Temporal does not answer. */
export interface BackupRuns {
  /** Starts the task's run, or does nothing while that run is under way. */
  begin(task: BackupTask): Promise<void>;
}

/** {@link BackupRuns} on the running activity's own client. */
export function createBackupRuns(client: () => RunStarter): BackupRuns {
  return {
    begin: async (task) => void (await startRun(client(), backupStart(task))),
  };
}
