import { randomUUID } from 'node:crypto';
import { backupIdOf } from '../../../contract/backups/backups';
import {
  beginBackup,
  completeBackup,
  discardBackup,
  failBackup,
  requestBackup,
} from '../../../registry/backups/backups';
import { closeForgottenBackups, takeDueRestoreTests } from '../../../registry/backups/due';
import { recordRestoreTest } from '../../../registry/backups/restore-tests';
import { recordRestore, requestRestore } from '../../../registry/backups/restores';
import { recordRemoval, retireBackup } from '../../../registry/backups/retirement';
import { transaction } from '../../../registry/database';
import { recordEvidence, type Evidence } from '../../../registry/evidence/evidence';
import { claimDue, quarantine, endFinding } from '../../../registry/ledger/quarantine';
import { openSweep } from '../../../registry/maintenance/sweeps';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { eventsAbout, expectCatalogued } from '../../helpers/events/events';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the events of backups, sweeps and evidence: not run, this machine has no PostgreSQL');

suite('each change appends an event in the same transaction:', () => {
  let registry: TestRegistry;
  let tenant: AcceptedTenant;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => {
    tenant = await acceptTenant(registry);
  });

  /** The events after the two of the order's acceptance. */
  const told = async (): ReturnType<typeof eventsAbout> => (await eventsAbout(registry.pool, tenant.tenantId)).slice(2);

  test('backups, restore tests and restores', async () => {
    const { pool, keys } = registry;
    const { tenantId } = tenant;
    const request = async (): Promise<string> => {
      const backupId = backupIdOf(randomUUID());
      await requestBackup(pool, { backupId, tenantId, region: 'eu-central', reason: 'requested', requestedBy: 'test' });
      return backupId;
    };
    const discarded = await request();
    await discardBackup(pool, discarded);
    const bad = await request();
    await failBackup(pool, bad, 'Ada’s disk is full');
    const good = await request();
    const attempts = [1, 2].map(() => beginBackup(pool, keys, { backupId: good, tenantId }, Buffer.from('key')));
    expect((await Promise.all(attempts)).sort()).toEqual([1, 2]);
    const stored = { parts: 1, bytes: 1, sha256: Buffer.alloc(32) };
    await completeBackup(pool, { backupId: good, attempt: 2 }, stored, {
      ...{ isolation: 'pooled', schemaVersion: '1', serverVersion: '15', takenAt: new Date().toISOString() },
      ...{ tables: [], sequences: [] },
    });
    await pool.query(
      `update operation set status = 'active', template = template || '{"backup": {"schedule": "0 2 * * *", "keep": 1}}' where tenant_id = $1`,
      [tenantId],
    );
    expect(await takeDueRestoreTests(pool, 10)).toHaveLength(1);
    await recordRestoreTest(pool, { backupId: good, provider: 'postgres', passed: false, answered: 'two rows differ' });
    await requestRestore(pool, { backupId: good, requestedBy: 'test' });
    await recordRestore(pool, good);
    await retireBackup(pool, good);
    await recordRemoval(pool, good);
    const lost = await request();
    await pool.query(`update backup set requested_at = now() - interval '1 day' where backup_id = $1`, [lost]);
    await closeForgottenBackups(pool);
    expect(await told()).toEqual([
      ['backup.state', { backupId: discarded, state: 'requested' }],
      ['backup.state', { backupId: discarded, state: 'discarded' }],
      ['backup.state', { backupId: bad, state: 'requested' }],
      ['backup.state', { backupId: bad, state: 'failed' }],
      ['backup.state', { backupId: good, state: 'requested' }],
      ['backup.state', { backupId: good, state: 'running' }],
      ['backup.state', { backupId: good, state: 'good' }],
      ['restore-test.state', { backupId: good, state: 'running' }],
      ['restore-test.state', { backupId: good, state: 'failed' }],
      ['evidence.recorded', { askedBy: 'backup', answers: 1, failed: 1 }],
      ['restore.state', { backupId: good, state: 'running' }],
      ['restore.state', { backupId: good, state: 'good' }],
      ['backup.state', { backupId: good, state: 'removed' }],
      ['backup.state', { backupId: lost, state: 'requested' }],
      ['backup.state', { backupId: lost, state: 'failed' }],
    ]);
  });

  test('the findings of a sweep, when they are found and when they end', async () => {
    const { pool } = registry;
    const { tenantId, operationId } = tenant;
    const place = { provider: 's3', kind: 'bucket', region: 'eu-central' };
    const finding = (externalId: string) => {
      return { ...place, reason: 'orphan' as const, cell: '', name: externalId, externalId, tenantId, operationId };
    };
    const sweepId = `sw_${randomUUID()}`;
    await openSweep(pool, { sweepId, requestedBy: 'schedule', dryRun: false });
    const found = ['bucket-a', 'bucket-b', 'bucket-c'].map(finding);
    const by = { sweepId, graceSeconds: 0 };
    await quarantine(pool, place, found, by);
    await quarantine(pool, place, found, by);
    await quarantine(pool, place, found.slice(0, 2), by);
    for (const state of ['resolved', 'released'] as const) {
      const due = await claimDue(pool, place, { sweepId, tenants: [], after: '0' });
      await transaction(pool, (client) => endFinding(client, due!.findingId, state));
    }
    const data = { reason: 'orphan', ...place };
    const { rows } = await pool.query<{ id: string }>(
      `select finding_id as id from quarantine where tenant_id = $1 order by name`,
      [tenantId],
    );
    const [a, b, c] = rows.map(({ id }) => id);
    expect(await told()).toEqual([
      ...[a, b, c].map((findingId) => ['quarantine.found', { findingId, ...data }]),
      ['quarantine.ended', { findingId: c, state: 'released' }],
      ['quarantine.ended', { findingId: a, state: 'resolved' }],
      ['quarantine.ended', { findingId: b, state: 'released' }],
    ]);
  });

  test('evidence, as numbers of answers for each asker', async () => {
    const { tenantId, operationId } = tenant;
    const answer = (askedBy: string, passed: boolean): Evidence => ({
      ...{ tenantId, operationId, askedBy, passed, probe: 'thing', check: 'thing.open', claim: 'It opens' },
      ...{ provider: 'memory', region: 'eu-central', answered: 'Ada opened it', at: new Date() },
    });
    const entries = [answer('run/1', true), answer('run/1', false), answer('run/2', true)];
    await transaction(registry.pool, (client) => recordEvidence(client, entries));
    expect(await told()).toEqual([
      ['evidence.recorded', { askedBy: 'run/1', answers: 2, failed: 1 }],
      ['evidence.recorded', { askedBy: 'run/2', answers: 1, failed: 0 }],
    ]);
  });

  test('all events of these tests hold what the catalogue allows, and no text', async () => {
    await expectCatalogued(registry.pool);
  });
});
