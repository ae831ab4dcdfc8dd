import type { BackupDeed, BackupTask } from '../contract/backups';

/** What could not be done about a backup, and why. */
export interface BackupTrouble {
  backupId: string;
  deed: BackupDeed;
  problem: string;
}

/** The activities of the workflows `backUp` and `backups`, and the one by which a run asks for a tenant's first backup. */
export interface BackupActivities {
  /** After the pivot: the first backup of the tenant is written down and begun, unless its plan has none. */
  requestFirstBackup(input: { operationId: string }): Promise<void>;
  /** Writes down what is due now, and answers with it; `more`: not with all of it. */
  planBackups(): Promise<{ tasks: BackupTask[]; more: boolean }>;
  /** Makes a backup, then removes those whose place it takes. In the tenant's region. */
  makeBackup(input: { backupId: string }): Promise<void>;
  /** Restores a backup into a scratch tenant and compares. In the tenant's region. Throws `BackupUnusable` for one that is not as it was. */
  testBackup(input: { backupId: string }): Promise<void>;
  /** Puts the tenant's database back to what a backup holds, whole or not at all. In the tenant's region. */
  restoreBackup(input: { backupId: string }): Promise<void>;
  /** Records what could not be done. `first`: it has gone well before, or was never tried. */
  recordBackupTrouble(
    input: BackupTrouble,
  ): Promise<{ operationId: string; first: boolean; occurrence: number } | undefined>;
}
