import type { BackupAction, BackupTask } from '../../contract/backups/backups';

/** A backup task that failed, and why. */
export interface BackupTrouble {
  backupId: string;
  action: BackupAction;
  problem: string;
}

/** The activities of the workflows `backUp` and `backups`, and the one by which a run requests a tenant's first backup. */
export interface BackupActivities {
  /** After the pivot: records the tenant's first backup and starts it, unless the tenant's plan has no backups. */
  requestFirstBackup(input: { operationId: string }): Promise<void>;
  /** Records the tasks that are due now and returns them; `more`: there are further ones. */
  planBackups(): Promise<{ tasks: BackupTask[]; more: boolean }>;
  /** Makes a backup, then removes those that it supersedes. Runs in the tenant's region. */
  makeBackup(input: { backupId: string }): Promise<void>;
  /**
   * Restores a backup into a scratch tenant and compares. Runs in the tenant's region. Throws `BackupUnusable` if the backup has changed.
   */
  testBackup(input: { backupId: string }): Promise<void>;
  /** Resets the tenant's database to the content of a backup, entirely or not at all. Runs in the tenant's region. */
  restoreBackup(input: { backupId: string }): Promise<void>;
  /** Records a task that failed. `first`: the task succeeded the last time, or was never tried before. */
  recordBackupTrouble(
    input: BackupTrouble,
  ): Promise<{ operationId: string; first: boolean; occurrence: number } | undefined>;
}
