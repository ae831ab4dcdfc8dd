import type pg from 'pg';
import type { Intent } from '../../registry/ledger/ledger';

/** Writes a ledger row as an operation had it while it went forward, wherever that operation stands now. Resolves with the row's id. */
export async function intended(pool: pg.Pool, intent: Intent): Promise<string> {
  const { tenantId, operationId, step, kind, provider, region, cell, name } = intent;
  const { rows } = await pool.query<{ resourceId: string }>(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, cell, name)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning resource_id as "resourceId"`,
    [tenantId, operationId, step, kind, provider, region, cell, name],
  );
  return rows[0]!.resourceId;
}
