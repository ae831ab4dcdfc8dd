import type pg from 'pg';
import type { TenantState } from '../../contract/tenants/states';
import type { TrialEnd } from '../../contract/tenants/trials';
import { appendAudit } from '../audit/trail';
import type { RemovalTemplate } from '../../templates/template';
import { maybeOne, type Queryable } from '../database';
import { appendEvent } from '../events/append';

/** SQL condition for the rows of `tenant` whose trial goes on. A provisioning that is undone never comes to a trial. */
export const TRIAL_GOES_ON = `tenant.trial_ends_at is not null and tenant.trial_over is null and tenant.state <> 'gone'`;

const DAY_MS = 86_400_000;

/** How a trial stands. `over`: there is nothing more to do. */
export type TrialStanding =
  | { state: 'over' }
  | {
      state: 'open';
      endsAt: Date;
      then: TrialEnd;
      /** Its time has passed. */
      due: boolean;
      /** The first admin is to be reminded now. */
      remind: boolean;
      /** Seconds until a reminder or the end is due, by the database's clock. */
      seconds: number;
      /** How the template removes a tenant; null if it does not say. */
      removal: RemovalTemplate | null;
    };

/** Begins the trial of a tenant whose template has one. Call it in the transaction that makes the tenant active. */
export async function beginTrial(client: pg.ClientBase, tenantId: string, operationId: string): Promise<void> {
  const trial = await maybeOne<{ endsAt: Date; then: TrialEnd }>(
    client,
    `update tenant set trial_ends_at = date_trunc('milliseconds', now()) + make_interval(days => (template #>> '{trial,days}')::int),
       trial_then = template #>> '{trial,then}', trial_reminded_at = now()
     where tenant_id = $1 and template ? 'trial' and trial_ends_at is null returning trial_ends_at as "endsAt", trial_then as "then"`,
    [tenantId],
  );
  if (!trial) return;
  const { endsAt, then } = trial;
  const about = { tenantId, operationId };
  const detail = { endsAt: endsAt.toISOString(), then };
  await appendAudit(client, { ...about, actor: 'workflow', action: 'trial.began', detail });
  await appendEvent(client, { ...about, type: 'trial.began', data: { endsAt, then } });
}

/** How a tenant's trial stands now. */
export async function readTrial(db: Queryable, tenantId: string): Promise<TrialStanding> {
  const row = await maybeOne<{
    state: TenantState;
    endsAt: Date;
    then: TrialEnd;
    remindedAt: Date;
    remindDays: number[] | null;
    removal: RemovalTemplate | null;
    now: Date;
  }>(
    db,
    `select state, trial_ends_at as "endsAt", trial_then as "then", trial_reminded_at as "remindedAt",
       template #> '{trial,remindDays}' as "remindDays", template -> 'removal' as removal, clock_timestamp() as now
     from tenant where tenant_id = $1 and ${TRIAL_GOES_ON}`,
    [tenantId],
  );
  if (!row) return { state: 'over' };
  const { state, endsAt, then, removal, now } = row;
  const due = endsAt <= now;
  const reminders = (row.remindDays ?? []).map((days) => new Date(endsAt.getTime() - days * DAY_MS));
  const remind = !due && state === 'active' && reminders.some((at) => at <= now && at > row.remindedAt);
  const next = Math.min(...[endsAt, ...reminders].map(Number).filter((at) => at > now.getTime()));
  const seconds = due ? 0 : Math.ceil((next - now.getTime()) / 1000);
  return { state: 'open', endsAt, then, due, remind, seconds, removal };
}

/** Records that the first admin was reminded of the end. */
export async function recordReminder(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`update tenant set trial_reminded_at = clock_timestamp() where tenant_id = $1`, [tenantId]);
}

/** A trial whose run is to be started or woken. */
export interface TrialToWatch {
  tenantId: string;
  /** The operation that provisioned the tenant. */
  operationId: string;
  /** The end that the run is to know. */
  endsAt: Date;
}

const TO_WATCH = `tenant_id as "tenantId", operation_id as "operationId", trial_ends_at as "endsAt"`;

/** The trial that a provisioning has begun; undefined if there is none, or if it is over. */
export async function findBegunTrial(db: Queryable, operationId: string): Promise<TrialToWatch | undefined> {
  return maybeOne<TrialToWatch>(db, `select ${TO_WATCH} from tenant where operation_id = $1 and ${TRIAL_GOES_ON}`, [
    operationId,
  ]);
}

/**
 * Trials whose run was not told of the newest end for `seconds`, or that should have ended long ago. In the second case the run was lost, or
 * it waits until the tenant can be changed, and looks once more.
 */
export async function listUnwatchedTrials(db: Queryable, seconds: number, limit: number): Promise<TrialToWatch[]> {
  const { rows } = await db.query<TrialToWatch>(
    `select ${TO_WATCH} from tenant
     where ${TRIAL_GOES_ON} and (
       (trial_run_at is null and updated_at < now() - make_interval(secs => $1))
       or (trial_ends_at < now() - interval '1 hour' and trial_run_at < now() - interval '6 hours'))
     order by trial_ends_at limit $2`,
    [seconds, limit],
  );
  return rows;
}

/** Records that the trial's run was started, or woken, and therefore knows this end; not if the end has been moved since then. */
export async function markTrialWatched(
  db: Queryable,
  { tenantId, endsAt }: Pick<TrialToWatch, 'tenantId' | 'endsAt'>,
): Promise<void> {
  await db.query(
    `update tenant set trial_run_at = clock_timestamp()
     where tenant_id = $1 and date_trunc('milliseconds', trial_ends_at) = date_trunc('milliseconds', $2::timestamptz)`,
    [tenantId, endsAt],
  );
}
