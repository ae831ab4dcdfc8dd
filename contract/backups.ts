/** The workflow type that makes one backup, or tests that one can be restored. */
export const BACK_UP = 'backUp';

/** The workflow type that sees to every tenant whose backup or restore test is due. */
export const BACKUPS = 'backups';

/** Id of {@link BACKUPS}' workflow. Those of the schedule have the time behind it. */
export const BACKUPS_WORKFLOW_ID = 'backups';

/** Id of the Temporal Schedule that starts {@link BACKUPS}. */
export const BACKUPS_SCHEDULE_ID = 'backups';

/** Longest one round of {@link BACKUPS} may take, in seconds; what it has not come to by then, the next one does. */
export const BACKUPS_SECONDS = 21_600;

/** Who asked for a backup that nobody asked for. */
export const BACKUP_SCHEDULED = 'schedule';

/** Days after which the newest backup of a tenant is restored once more, to see that it can be. */
export const RESTORE_TEST_DAYS = 7;

/**
 * How a backup stands. `good`: complete, and everything in it is in the vault. `failed`: not to be used. `removed`: newer ones have taken its
 * place; its key is gone, so nobody can read what might be left of it.
 */
export const BACKUP_STATES = ['requested', 'running', 'good', 'failed', 'removed'] as const;

/** One of {@link BACKUP_STATES}. */
export type BackupState = (typeof BACKUP_STATES)[number];

/** Why a backup was made: at the end of provisioning, because the plan's schedule says so, because somebody asked. */
export const BACKUP_REASONS = ['provisioned', 'scheduled', 'requested'] as const;

/** One of {@link BACKUP_REASONS}. */
export type BackupReason = (typeof BACKUP_REASONS)[number];

/** How the newest restore test of a backup stands. */
export const RESTORE_STATES = ['running', 'good', 'failed'] as const;

/** One of {@link RESTORE_STATES}. */
export type RestoreState = (typeof RESTORE_STATES)[number];

/** What is to be done about a backup: make it, restore it into a scratch tenant and compare, or put the tenant back to what it holds. */
export type BackupDeed = 'make' | 'test' | 'restore';

/** Input of {@link BACK_UP}. */
export interface BackupTask {
  backupId: string;
  tenantId: string;
  /** The tenant's region, whose worker does it. */
  region: string;
  deed: BackupDeed;
}

/** A backup id: `bk_` and the digits of a UUID. */
export function backupIdOf(uuid: string): string {
  return `bk_${uuid.replaceAll('-', '')}`;
}

/** The workflow id of what is done about one backup. A deed that is under way is not begun a second time. */
export function backupWorkflowId({ backupId, deed }: Pick<BackupTask, 'backupId' | 'deed'>): string {
  return deed === 'make' ? `backup/${backupId}` : `backup/${backupId}/${deed}`;
}
