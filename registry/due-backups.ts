import { BACKUP_SCHEDULED, RESTORE_TEST_DAYS, type BackupTask } from '../contract/backups';
import type { Queryable } from './database';

/** Hours after which a backup or a restore test that has not ended never will. */
const LOST_HOURS = 6;

/** Attempts at one turn of the schedule, and minutes between them: an outage ends in a mail, not in a queue of its own making. */
const ATTEMPTS = 3;
const PAUSE_MINUTES = 10;

/** A turn of a schedule: backups taken since then will do. */
export interface Turn {
  /** As the templates have it. */
  schedule: string;
  since: Date;
}

/** Every schedule some active tenant has, each once. */
export async function listSchedules(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ schedule: string }>(
    `select distinct template #>> '{backup,schedule}' as schedule from operation where status = 'active' and template ? 'backup'`,
  );
  return rows.map(({ schedule }) => schedule);
}

/** Ends what nobody works on any more: runs that were terminated, or whose history is gone. */
export async function closeForgottenBackups(db: Queryable): Promise<void> {
  await db.query(
    `update backup set state = 'failed', problem = 'It never said that it ended.', wrapped_key = null, ended_at = now()
     where state in ('requested', 'running') and requested_at < now() - make_interval(hours => $1)`,
    [LOST_HOURS],
  );
  await db.query(
    `update backup set restore_state = 'failed', restore_problem = 'It never said that it ended.'
     where restore_state = 'running' and restore_begun_at < now() - make_interval(hours => $1)`,
    [LOST_HOURS],
  );
  await db.query(
    `update backup set restore = restore || '{"state": "failed", "problem": "It never said that it ended."}'
     where restore ->> 'state' = 'running' and (restore ->> 'begunAt')::timestamptz < now() - make_interval(hours => $1)`,
    [LOST_HOURS],
  );
}

/** Writes down a backup for up to `limit` active tenants that have none since their schedule's turn; they are not due any more then. */
export async function takeDueBackups(db: Queryable, turns: Turn[], limit: number): Promise<BackupTask[]> {
  if (turns.length === 0) return [];
  const { rows } = await db.query<Omit<BackupTask, 'deed'>>(
    `insert into backup (backup_id, tenant_id, region, reason, requested_by)
     select 'bk_' || replace(gen_random_uuid()::text, '-', ''), tenant_id, region, 'scheduled', $2
     from operation join jsonb_to_recordset($1::jsonb) as turn (schedule text, since timestamptz)
       on turn.schedule = template #>> '{backup,schedule}'
     where status = 'active' and template ? 'backup' and region is not null
       and not exists (select from backup where backup.tenant_id = operation.tenant_id
         and (state in ('requested', 'running') or (state = 'good' and taken_at >= turn.since)
           or (state = 'failed' and ended_at > now() - make_interval(mins => $4))))
       and (select count(*) from backup where backup.tenant_id = operation.tenant_id
         and state = 'failed' and requested_at >= turn.since) < $5
     order by created_at limit $3
     on conflict do nothing
     returning backup_id as "backupId", tenant_id as "tenantId", region`,
    [JSON.stringify(turns), BACKUP_SCHEDULED, limit, PAUSE_MINUTES, ATTEMPTS],
  );
  return rows.map((row) => ({ ...row, deed: 'make' }));
}

/**
 * Marks as being restored the newest good backup of up to `limit` active tenants of which none was restored for a while. One that could not be
 * is tried again after a day.
 */
export async function takeDueRestoreTests(db: Queryable, limit: number): Promise<BackupTask[]> {
  const { rows } = await db.query<Omit<BackupTask, 'deed'>>(
    `update backup set restore_state = 'running', restore_begun_at = now()
     where backup_id in (
       select newest.backup_id from operation cross join lateral
         (select * from backup where backup.tenant_id = operation.tenant_id and state = 'good' order by taken_at desc limit 1) as newest
       where status = 'active' and template ? 'backup'
         and not exists (select from backup where backup.tenant_id = operation.tenant_id
           and (restore_state = 'running' or restore_begun_at > now() - interval '1 day'
             or restored_at > now() - make_interval(days => $1)))
       order by created_at limit $2)
     returning backup_id as "backupId", tenant_id as "tenantId", region`,
    [RESTORE_TEST_DAYS, limit],
  );
  return rows.map((row) => ({ ...row, deed: 'test' }));
}

/** The operation of a backup's tenant, and how often the same has failed since it last went well. */
export async function findBackupTrouble(
  db: Queryable,
  { backupId, deed }: Pick<BackupTask, 'backupId' | 'deed'>,
): Promise<{ operationId: string; failures: number } | undefined> {
  const [state, begun] = {
    make: ['state', 'requested_at'],
    test: ['restore_state', 'restore_begun_at'],
    restore: [`restore ->> 'state'`, `(restore ->> 'begunAt')::timestamptz`],
  }[deed];
  const { rows } = await db.query<{ operationId: string; failures: number }>(
    `select operation_id as "operationId",
       (select count(*)::int from backup where tenant_id = subject.tenant_id and (${state}) = 'failed' and ${begun} > coalesce(
         (select max(${begun}) from backup where tenant_id = subject.tenant_id and (${state}) in ('good', 'removed')), '-infinity')) as failures
     from backup subject join operation on operation.tenant_id = subject.tenant_id and operation.kind = 'provision'
     where subject.backup_id = $1`,
    [backupId],
  );
  return rows[0];
}
