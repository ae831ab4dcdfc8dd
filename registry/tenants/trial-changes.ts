import type pg from 'pg';
import type { TenantState } from '../../contract/tenants/states';
import { TRIAL_CALLER, type TrialEnd } from '../../contract/tenants/trials';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction } from '../database';
import { appendEvent } from '../events/append';
import type { TrialToWatch } from './trials';

/** Result of a change of a trial. */
export type TrialOutcome =
  | { outcome: 'changed' | 'unchanged'; trial: { endsAt: Date; then: TrialEnd }; run: TrialToWatch }
  | { outcome: 'no-tenant' }
  /** The tenant is not, and was not, on trial. */
  | { outcome: 'no-trial' }
  /** The customer pays: there is no trial any more that could be moved. */
  | { outcome: 'paid' }
  /** The new end is not in the future. */
  | { outcome: 'past' }
  | { outcome: 'not-now'; state: TenantState };

interface TrialRow {
  state: TenantState;
  operationId: string;
  endsAt: Date | null;
  then: TrialEnd;
  over: 'paid' | 'time' | null;
}

/** Moves the end of a trial. A trial whose time has passed goes on with the new end; the tenant itself stays as it is. */
export async function moveTrial(
  pool: pg.Pool,
  { tenantId, endsAt, actor }: { tenantId: string; endsAt: Date; actor: string },
): Promise<TrialOutcome> {
  return transaction(pool, async (client): Promise<TrialOutcome> => {
    const row = await lockTrial(client, tenantId);
    if (!row) return { outcome: 'no-tenant' };
    const { state, operationId, then, over } = row;
    if (row.endsAt === null) return { outcome: 'no-trial' };
    if (over === 'paid') return { outcome: 'paid' };
    if (state === 'gone') return { outcome: 'not-now', state };
    const run = { tenantId, operationId, endsAt };
    const trial = { endsAt, then };
    if (over === null && row.endsAt.getTime() === endsAt.getTime()) return { outcome: 'unchanged', trial, run };
    const moved = await client.query(
      `update tenant set trial_ends_at = $2, trial_over = null, trial_run_at = null, updated_at = now()
       where tenant_id = $1 and $2 > clock_timestamp()`,
      [tenantId, endsAt],
    );
    if (moved.rowCount !== 1) return { outcome: 'past' };
    const detail = { endsAt: endsAt.toISOString(), then };
    await appendAudit(client, { tenantId, actor, action: 'trial.moved', detail });
    await appendEvent(client, { tenantId, type: 'trial.moved', data: trial });
    return { outcome: 'changed', trial, run };
  });
}

/** Ends a trial because the customer pays. The tenant itself stays as it is. */
export async function payTrial(
  pool: pg.Pool,
  { tenantId, actor }: { tenantId: string; actor: string },
): Promise<TrialOutcome> {
  return transaction(pool, async (client): Promise<TrialOutcome> => {
    const row = await lockTrial(client, tenantId);
    if (!row) return { outcome: 'no-tenant' };
    const { operationId, endsAt, then, over } = row;
    if (endsAt === null) return { outcome: 'no-trial' };
    const done = { trial: { endsAt, then }, run: { tenantId, operationId, endsAt } };
    if (over === 'paid') return { outcome: 'unchanged', ...done };
    await client.query(
      `update tenant set trial_over = 'paid', trial_run_at = null, updated_at = now() where tenant_id = $1`,
      [tenantId],
    );
    await appendAudit(client, { tenantId, actor, action: 'trial.ended', detail: { because: 'paid' } });
    await appendEvent(client, { tenantId, type: 'trial.ended', data: { because: 'paid' } });
    return { outcome: 'changed', ...done };
  });
}

/** The end of the trial was moved, or the trial is over, after its end was found to be due. */
export class TrialNotDue extends Error {
  override readonly name = 'TrialNotDue';
}

/**
 * Records that the time of a trial has passed. Call it in the transaction that accepts the operation which this begins; without one, the
 * tenant stays as it is. Throws {@link TrialNotDue}.
 */
export async function endTrial(client: pg.ClientBase, tenantId: string, operationId?: string): Promise<void> {
  const { rowCount } = await client.query(
    `update tenant set trial_over = 'time', updated_at = now()
     where tenant_id = $1 and trial_over is null and trial_ends_at <= clock_timestamp()`,
    [tenantId],
  );
  if (rowCount !== 1) throw new TrialNotDue(`The trial of tenant ${tenantId} is not due any more.`);
  const about = { tenantId, ...(operationId === undefined ? {} : { operationId }) };
  await appendAudit(client, { ...about, actor: TRIAL_CALLER, action: 'trial.ended', detail: { because: 'time' } });
  await appendEvent(client, { ...about, type: 'trial.ended', data: { because: 'time' } });
}

async function lockTrial(client: pg.ClientBase, tenantId: string): Promise<TrialRow | undefined> {
  return maybeOne<TrialRow>(
    client,
    `select state, operation_id as "operationId", trial_ends_at as "endsAt", trial_then as "then", trial_over as over
     from tenant where tenant_id = $1 for update`,
    [tenantId],
  );
}
