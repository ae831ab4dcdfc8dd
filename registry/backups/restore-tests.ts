import type pg from 'pg';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction } from '../database';
import { appendEvent } from '../events/append';
import { changeBackups } from './changes';
import { recordEvidence } from '../evidence/evidence';

/** Result of a restore test. */
export interface RestoreTest {
  backupId: string;
  /** The server that held the scratch tenant. */
  provider: string;
  passed: boolean;
  /** What was compared, or which comparison failed. No personal data, because evidence is kept. */
  answered: string;
}

/** Marks a backup as being restored into a scratch tenant. */
export async function beginRestoreTest(pool: pg.Pool, backupId: string): Promise<void> {
  await changeBackups(pool, {
    sql: `update backup set restore_state = 'running', restore_begun_at = now() where backup_id = $1 and state = 'good'`,
    values: [backupId],
    event: ({ tenantId }) => ({ type: 'restore-test.state', tenantId, data: { backupId, state: 'running' } }),
  });
}

/**
 * Ends a restore test, with its audit entry and event, and the answer as evidence. A backup that fails its test stays `good`: nothing of it is lost.
 */
export async function recordRestoreTest(pool: pg.Pool, test: RestoreTest): Promise<void> {
  const { backupId, provider, passed, answered } = test;
  await transaction(pool, async (client) => {
    const state = passed ? 'good' : 'failed';
    const row = await maybeOne<{ tenantId: string; region: string }>(
      client,
      `update backup set restore_state = $2, restore_problem = $3, restored_at = case when $2 = 'good' then now() else restored_at end
       where backup_id = $1 and state = 'good'
       returning tenant_id as "tenantId", region`,
      [backupId, state, passed ? null : answered],
    );
    if (!row) return;
    const { tenantId, region } = row;
    await appendAudit(client, {
      tenantId,
      actor: 'workflow',
      action: passed ? 'backup.restored' : 'backup.not-restored',
      detail: { backupId },
    });
    await appendEvent(client, { type: 'restore-test.state', tenantId, data: { backupId, state } });
    await recordEvidence(client, [
      {
        tenantId,
        operationId: null,
        askedBy: 'backup',
        probe: backupId,
        check: 'backup.restore',
        claim: 'the backup restores into a scratch tenant, and every table has the rows and the checksum it had',
        passed,
        provider,
        region,
        answered,
        at: new Date(),
      },
    ]);
  });
}
