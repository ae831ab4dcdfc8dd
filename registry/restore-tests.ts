import type pg from 'pg';
import { appendAudit } from './audit';
import { transaction, type Queryable } from './database';
import { recordEvidence } from './evidence';

/** What a restore test came to. */
export interface RestoreTest {
  backupId: string;
  /** Who answered: the server the scratch tenant was on. */
  provider: string;
  passed: boolean;
  /** What was compared, or what did not hold. No personal data: it is kept. */
  answered: string;
}

/** Notes that a backup is being restored into a scratch tenant. */
export async function beginRestoreTest(db: Queryable, backupId: string): Promise<void> {
  await db.query(
    `update backup set restore_state = 'running', restore_begun_at = now() where backup_id = $1 and state = 'good'`,
    [backupId],
  );
}

/** Ends a restore test, with its audit entry and, as evidence, what was answered. One that fails leaves the backup as it was: nothing is lost. */
export async function recordRestoreTest(pool: pg.Pool, test: RestoreTest): Promise<void> {
  const { backupId, provider, passed, answered } = test;
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ tenantId: string; region: string }>(
      `update backup set restore_state = $2, restore_problem = $3, restored_at = case when $2 = 'good' then now() else restored_at end
       where backup_id = $1 and state = 'good'
       returning tenant_id as "tenantId", region`,
      [backupId, passed ? 'good' : 'failed', passed ? null : answered],
    );
    const [row] = rows;
    if (!row) return;
    const { tenantId, region } = row;
    await appendAudit(client, {
      tenantId,
      actor: 'workflow',
      action: passed ? 'backup.restored' : 'backup.not-restored',
      detail: { backupId },
    });
    await recordEvidence(client, [
      {
        ...{ tenantId, operationId: null, askedBy: 'backup', probe: backupId, check: 'backup.restore' },
        claim: 'the backup restores into a scratch tenant, and every table has the rows and the checksum it had',
        ...{ passed, provider, region, answered, at: new Date() },
      },
    ]);
  });
}
