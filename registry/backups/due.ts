import type pg from 'pg';
import { BACKUP_SCHEDULED, RESTORE_TEST_DAYS, type BackupTask } from '../../contract/backups/backups';
import { SCHEDULED_STATES } from '../../contract/tenants/states';
import type { Queryable } from '../database';
import { changeBackups } from './changes';

/** Hours after which a backup, restore test or restore that has not ended counts as lost. */
const LOST_HOURS = 6;

/** Attempts per turn of the schedule, and minutes between them: an outage leads to a mail, not to an endless series of attempts. */
const ATTEMPTS = 3;
const PAUSE_MINUTES = 10;

/** The latest turn of a schedule. A good backup taken since then satisfies it. */
export interface Turn {
  /** Cron expression, as in the templates. */
  schedule: string;
  since: Date;
}

/** The distinct backup schedules of all tenants in {@link SCHEDULED_STATES}. */
export async function listSchedules(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ schedule: string }>(
    `select distinct template #>> '{backup,schedule}' as schedule from tenant where state = any($1) and template ? 'backup'`,
    [SCHEDULED_STATES],
  );
  return rows.map(({ schedule }) => schedule);
}

/** Fails backups, restore tests and restores whose run was terminated or whose history is gone. */
export async function closeForgottenBackups(pool: pg.Pool): Promise<void> {
  await changeBackups(pool, {
    sql: `update backup set state = 'failed', problem = 'The run was lost before it reported a result.', wrapped_key = null, ended_at = now()
      where state in ('requested', 'running') and requested_at < now() - make_interval(hours => $1)`,
    values: [LOST_HOURS],
    event: ({ tenantId, backupId }) => ({ type: 'backup.state', tenantId, data: { backupId, state: 'failed' } }),
  });
  await changeBackups(pool, {
    sql: `update backup set restore_state = 'failed', restore_problem = 'The run was lost before it reported a result.'
      where restore_state = 'running' and restore_begun_at < now() - make_interval(hours => $1)`,
    values: [LOST_HOURS],
    event: ({ tenantId, backupId }) => ({ type: 'restore-test.state', tenantId, data: { backupId, state: 'failed' } }),
  });
  await changeBackups(pool, {
    sql: `update backup set restore = restore || '{"state": "failed", "problem": "The run was lost before it reported a result."}'
      where restore ->> 'state' = 'running' and (restore ->> 'begunAt')::timestamptz < now() - make_interval(hours => $1)`,
    values: [LOST_HOURS],
    event: ({ tenantId, backupId }) => ({ type: 'restore.state', tenantId, data: { backupId, state: 'failed' } }),
  });
}

/**
 * Records a backup for up to `limit` tenants in {@link SCHEDULED_STATES} that have none since their schedule's turn, which makes them no
 * longer due.
 */
export async function takeDueBackups(pool: pg.Pool, turns: Turn[], limit: number): Promise<BackupTask[]> {
  if (turns.length === 0) return [];
  const taken = await changeBackups(pool, {
    sql: `insert into backup (backup_id, tenant_id, region, reason, requested_by)
      select 'bk_' || replace(gen_random_uuid()::text, '-', ''), tenant_id, region, 'scheduled', $2
      from tenant join jsonb_to_recordset($1::jsonb) as turn (schedule text, since timestamptz)
        on turn.schedule = template #>> '{backup,schedule}'
      where state = any($6) and template ? 'backup' and region is not null
        and not exists (select from backup where backup.tenant_id = tenant.tenant_id
          and (state in ('requested', 'running') or (state = 'good' and taken_at >= turn.since)
            or (state = 'failed' and ended_at > now() - make_interval(mins => $4))))
        and (select count(*) from backup where backup.tenant_id = tenant.tenant_id
          and state = 'failed' and requested_at >= turn.since) < $5
      order by created_at limit $3
      on conflict do nothing`,
    values: [JSON.stringify(turns), BACKUP_SCHEDULED, limit, PAUSE_MINUTES, ATTEMPTS, SCHEDULED_STATES],
    event: ({ tenantId, backupId }) => ({ type: 'backup.state', tenantId, data: { backupId, state: 'requested' } }),
  });
  return taken.map((backup) => ({ ...backup, action: 'make' }));
}

/**
 * Marks the newest good backup as being restored, for up to `limit` tenants in {@link SCHEDULED_STATES} whose last successful restore test
 * is more than {@link RESTORE_TEST_DAYS} days old. A failed test is due again after a day.
 */
export async function takeDueRestoreTests(pool: pg.Pool, limit: number): Promise<BackupTask[]> {
  const taken = await changeBackups(pool, {
    sql: `update backup set restore_state = 'running', restore_begun_at = now()
      where backup_id in (
        select newest.backup_id from tenant cross join lateral
          (select backup_id from backup where backup.tenant_id = tenant.tenant_id and state = 'good' order by taken_at desc limit 1) as newest
        where tenant.state = any($3) and template ? 'backup'
          and not exists (select from backup where backup.tenant_id = tenant.tenant_id
            and (restore_state = 'running' or restore_begun_at > now() - interval '1 day'
              or restored_at > now() - make_interval(days => $1)))
        order by created_at limit $2)`,
    values: [RESTORE_TEST_DAYS, limit, SCHEDULED_STATES],
    event: ({ tenantId, backupId }) => ({ type: 'restore-test.state', tenantId, data: { backupId, state: 'running' } }),
  });
  return taken.map((backup) => ({ ...backup, action: 'test' }));
}

/**
 * The operation that provisioned a backup's tenant, and how many times this kind of task has failed for the tenant since it last succeeded.
 * Undefined for a tenant that is leaving: its backups end without anybody's fault.
 */
export async function findBackupTrouble(
  db: Queryable,
  { backupId, action }: Pick<BackupTask, 'backupId' | 'action'>,
): Promise<{ operationId: string; failures: number } | undefined> {
  const [state, begun] = {
    make: ['state', 'requested_at'],
    test: ['restore_state', 'restore_begun_at'],
    restore: [`restore ->> 'state'`, `(restore ->> 'begunAt')::timestamptz`],
  }[action];
  const { rows } = await db.query<{ operationId: string; failures: number }>(
    `select operation_id as "operationId",
       (select count(*)::int from backup where tenant_id = subject.tenant_id and (${state}) = 'failed' and ${begun} > coalesce(
         (select max(${begun}) from backup where tenant_id = subject.tenant_id and (${state}) in ('good', 'removed')), '-infinity')) as failures
     from backup subject join tenant using (tenant_id)
     where subject.backup_id = $1 and tenant.state = any($2)`,
    [backupId, SCHEDULED_STATES],
  );
  return rows[0];
}
