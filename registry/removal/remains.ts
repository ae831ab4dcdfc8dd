import type { Queryable } from '../database';
import { COLUMNS, type LedgerRow } from '../ledger/ledger';
import { updateLedger } from '../ledger/resource-events';

/** A ledger row of a tenant that is being removed. */
export interface Remain extends LedgerRow {
  /** Since when the row has its state: for an absent one, when the provider confirmed that it is gone. */
  since: Date;
}

/** Every ledger row of a tenant, oldest first. */
export async function listRemains(db: Queryable, tenantId: string): Promise<Remain[]> {
  const { rows } = await db.query<Remain>(
    `select ${COLUMNS}, updated_at as since from resource where tenant_id = $1 order by resource_id`,
    [tenantId],
  );
  return rows;
}

/** Something counted as gone is there: its row is a leftover again, to be released or accepted. */
export async function reopenRemain(db: Queryable, resourceId: string, lastError: string): Promise<void> {
  await db.query(
    `update resource set state = 'closing', last_error = $2, updated_at = now()
     where resource_id = $1 and state in ('absent', 'scheduled_for_deletion')`,
    [resourceId, lastError],
  );
}

/** The provider deletes something by itself, at the time that `facts` give. When it was removed stays as it is. */
export async function noteScheduled(db: Queryable, resourceId: string, facts: Record<string, unknown>): Promise<void> {
  await updateLedger(db, {
    where: `resource_id = $1 and state in ('absent', 'scheduled_for_deletion')`,
    set: `state = 'scheduled_for_deletion', facts = facts || $2::jsonb`,
    values: [resourceId, JSON.stringify(facts)],
  });
}

/**
 * Notes of which of these rows, that count as gone, providers have given no answer, and why; shown to operators while the questions are
 * repeated. The notes of the other rows are cleared.
 */
export async function noteUnanswered(
  db: Queryable,
  rows: readonly Remain[],
  problems: ReadonlyMap<string, string>,
): Promise<void> {
  const noted = rows.map(({ resourceId }) => ({ id: resourceId, problem: problems.get(resourceId) ?? null }));
  await db.query(
    `update resource set last_error = noted.problem
     from jsonb_to_recordset($1::jsonb) as noted (id bigint, problem text)
     where resource_id = noted.id and state in ('absent', 'scheduled_for_deletion') and last_error is distinct from noted.problem`,
    [JSON.stringify(noted)],
  );
}

/**
 * What counts as gone although its provider does not answer: the last question about it got no answer, or none was asked since it was removed.
 * Oldest first.
 */
export async function listUnproven(db: Queryable, tenantId: string): Promise<Remain[]> {
  const { rows } = await db.query<Remain>(
    `select ${COLUMNS}, updated_at as since from resource
     where tenant_id = $1 and state in ('absent', 'scheduled_for_deletion') and (last_error is not null or not exists (
       select from evidence where evidence.tenant_id = resource.tenant_id and evidence.provider = resource.provider
         and evidence.region = resource.region and evidence.check_id = 'removed.' || resource.kind
         and evidence.passed and evidence.at >= resource.updated_at))
     order by resource_id`,
    [tenantId],
  );
  return rows;
}

/** Backups of a tenant of which parts may still be in a vault, oldest first. `hasKey`: the backup's own key is not destroyed. */
export async function listBackupRemains(
  db: Queryable,
  tenantId: string,
): Promise<{ backupId: string; region: string; hasKey: boolean }[]> {
  const { rows } = await db.query<{ backupId: string; region: string; hasKey: boolean }>(
    `select backup_id as "backupId", region, wrapped_key is not null as "hasKey"
     from backup where tenant_id = $1 and removed_at is null order by requested_at, backup_id`,
    [tenantId],
  );
  return rows;
}
