/** The workflow type that makes, tests or restores one backup. */
export const BACK_UP = 'backUp';

/** The workflow type that starts the backups and restore tests that are due. */
export const BACKUPS = 'backups';

/** Workflow id of {@link BACKUPS}. Runs of the schedule append the time to it. */
export const BACKUPS_WORKFLOW_ID = 'backups';

/** Id of the Temporal Schedule that starts {@link BACKUPS}. */
export const BACKUPS_SCHEDULE_ID = 'backups';

/** Time limit of one round of {@link BACKUPS}, in seconds; the next round does what is still due. */
export const BACKUPS_SECONDS = 21_600;

/** Requester recorded for scheduled backups. */
export const BACKUP_SCHEDULED = 'schedule';

/** Days between two restore tests of a tenant's newest backup. */
export const RESTORE_TEST_DAYS = 7;

/**
 * States of a backup. `good`: complete, with all its parts in the vault. `failed`: unusable. `removed`: replaced by newer backups; its key
 * is destroyed, so anything that might be left of it is unreadable.
 */
export const BACKUP_STATES = ['requested', 'running', 'good', 'failed', 'removed'] as const;

/** One of {@link BACKUP_STATES}. */
export type BackupState = (typeof BACKUP_STATES)[number];

/** Why a backup was made: at the end of provisioning, by the plan's schedule, or on request. */
export const BACKUP_REASONS = ['provisioned', 'scheduled', 'requested'] as const;

/** One of {@link BACKUP_REASONS}. */
export type BackupReason = (typeof BACKUP_REASONS)[number];

/** States of a restore, whether it is a test or replaces the tenant's data. */
export const RESTORE_STATES = ['running', 'good', 'failed'] as const;

/** One of {@link RESTORE_STATES}. */
export type RestoreState = (typeof RESTORE_STATES)[number];

/** Make a backup, test it by restoring into a scratch tenant and comparing, or restore the tenant itself from it. */
export type BackupAction = 'make' | 'test' | 'restore';

/** Input of {@link BACK_UP}. */
export interface BackupTask {
  backupId: string;
  tenantId: string;
  /** The tenant's region, whose worker performs the action. */
  region: string;
  action: BackupAction;
}

/** A backup id: `bk_` and the digits of a UUID. */
export function backupIdOf(uuid: string): string {
  return `bk_${uuid.replaceAll('-', '')}`;
}

/** Workflow id of an action on a backup. It prevents the same action from starting twice at a time. */
export function backupWorkflowId({ backupId, action }: Pick<BackupTask, 'backupId' | 'action'>): string {
  return action === 'make' ? `backup/${backupId}` : `backup/${backupId}/${action}`;
}
