import { randomBytes, randomUUID } from 'node:crypto';
import { backupIdOf } from '../../../contract/backups/backups';
import { readLastGood, readBackup } from '../../../registry/views/backups';
import { listDispensable, recordRemoval, retireBackup } from '../../../registry/backups/retirement';
import {
  beginBackup,
  completeBackup,
  failBackup,
  findBackedUpTenant,
  findBackup,
  obtainFirstBackup,
  readBackupKey,
  requestBackup,
  type BackupManifest,
} from '../../../registry/backups/backups';
import {
  closeForgottenBackups,
  findBackupTrouble,
  listSchedules,
  takeDueBackups,
  takeDueRestoreTests,
} from '../../../registry/backups/due';
import { listEvidence } from '../../../registry/evidence/evidence';
import { rotateTenantKey } from '../../../registry/keys/rotation';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { beginRestoreTest, recordRestoreTest } from '../../../registry/backups/restore-tests';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the registry of backups: not run, this machine has no PostgreSQL');

const HOUR = 3_600_000;
const DAILY = '0 2 * * *';

suite('the registry of backups', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.drop());
  // Due backups are looked up across all tenants, so each test starts with none.
  beforeEach(() => registry.asOwner('truncate tenant, operation, backup, evidence cascade'));

  let sequence = 0;
  async function tenant(backup: { schedule: string; keep: number } | null = { schedule: DAILY, keep: 2 }) {
    const { pool, keys } = registry;
    const template = { ...structuredClone(loadTemplates('templates').get('starter')), backup: backup ?? undefined };
    const accepted = await acceptOrder(pool, keys, {
      caller: 'test',
      requestHash: randomBytes(32),
      order: order({ tenantName: `backups-${++sequence}` }),
      template,
      approvalsRequired: [],
    });
    if (accepted.outcome !== 'accepted') throw new Error('not accepted');
    await pool.query(`update operation set status = 'active', region = 'eu-central' where operation_id = $1`, [
      accepted.operationId,
    ]);
    return accepted;
  }

  const manifestAt = (takenAt: Date): BackupManifest => ({
    isolation: 'pooled',
    schemaVersion: '0001',
    serverVersion: '18.1',
    takenAt: takenAt.toISOString(),
    tables: [{ name: 'project', columns: ['id'], rows: 1, sha256: 'a'.repeat(64) }],
    sequences: [],
  });

  async function request(tenantId: string): Promise<string> {
    const backupId = backupIdOf(randomUUID());
    const asked = { backupId, tenantId, region: 'eu-central', reason: 'requested' as const, requestedBy: 'test' };
    expect(await requestBackup(registry.pool, asked)).toBe(true);
    return backupId;
  }
  const begin = (tenantId: string, backupId: string, key = 'key') =>
    beginBackup(registry.pool, registry.keys, { tenantId, backupId }, Buffer.from(key));
  const keyOf = (tenantId: string, backupId: string) =>
    readBackupKey(registry.pool, registry.keys, { tenantId, backupId });
  async function good(tenantId: string, takenAt = new Date()): Promise<string> {
    const backupId = await request(tenantId);
    const attempt = (await begin(tenantId, backupId))!;
    const stored = { parts: 1, bytes: 10, sha256: Buffer.alloc(32) };
    expect(await completeBackup(registry.pool, { backupId, attempt }, stored, manifestAt(takenAt))).toBe(true);
    return backupId;
  }
  async function bad(tenantId: string, minutesAgo = 0): Promise<string> {
    const backupId = await request(tenantId);
    await failBackup(registry.pool, backupId, 'no disk');
    const ago = `now() - make_interval(mins => $2)`;
    await registry.pool.query(`update backup set ended_at = ${ago}, requested_at = ${ago} where backup_id = $1`, [
      backupId,
      minutesAgo,
    ]);
    return backupId;
  }
  const tested = async (backupId: string, passed: boolean): Promise<void> => {
    await beginRestoreTest(registry.pool, backupId);
    await recordRestoreTest(registry.pool, {
      backupId,
      provider: 'postgres',
      passed,
      answered: passed ? 'same' : 'cut off',
    });
  };
  const due = (since = new Date(Date.now() - HOUR), limit = 10) =>
    takeDueBackups(registry.pool, [{ schedule: DAILY, since }], limit);
  const actions = async (tenantId: string): Promise<string[]> => {
    const { rows } = await registry.pool.query<{ action: string }>(
      `select action from audit_entry where tenant_id = $1 and action like 'backup.%' order by sequence`,
      [tenantId],
    );
    return rows.map(({ action }) => action);
  };

  test('a tenant has one backup in progress at a time, however many are requested at once', async () => {
    const { tenantId } = await tenant();
    const asked = await Promise.all(
      Array.from({ length: 10 }, () =>
        requestBackup(registry.pool, {
          backupId: backupIdOf(randomUUID()),
          tenantId,
          region: 'eu-central',
          reason: 'requested' as const,
          requestedBy: 'test',
        }),
      ),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
  });

  test('an attempt that a later one has overtaken does not complete the backup', async () => {
    const { tenantId } = await tenant();
    const backupId = await request(tenantId);
    const first = (await begin(tenantId, backupId, 'one'))!;
    const second = (await begin(tenantId, backupId, 'two'))!;
    const stored = { parts: 1, bytes: 10, sha256: Buffer.alloc(32) };
    const complete = (attempt: number) =>
      completeBackup(registry.pool, { backupId, attempt }, stored, manifestAt(new Date()));
    expect(await complete(first)).toBe(false);
    expect(await complete(second)).toBe(true);
    expect(await complete(second)).toBe(false);
    expect((await keyOf(tenantId, backupId))?.toString()).toBe('two');
    expect(await begin(tenantId, backupId, 'three')).toBeUndefined();
    expect(await actions(tenantId)).toEqual(['backup.made']);
  });

  test('the first backup is recorded once, and keeps its id until it begins', async () => {
    const { tenantId } = await tenant();
    const ask = () =>
      obtainFirstBackup(registry.pool, {
        backupId: backupIdOf(randomUUID()),
        tenantId,
        region: 'eu-central',
        requestedBy: 'workflow',
      });
    const [first, second] = [await ask(), await ask()];
    expect(first).toBe(second);
    await begin(tenantId, first!);
    expect(await ask()).toBeUndefined();
  });

  test('only good backups count towards the limit: a newer good one retires the oldest, and a restored one stays', async () => {
    const { tenantId } = await tenant();
    const ids: string[] = [];
    for (let hours = 6; hours > 0; hours -= 1) ids.push(await good(tenantId, new Date(Date.now() - hours * HOUR)));
    await tested(ids[0]!, true);
    const broken = await bad(tenantId);
    expect((await listDispensable(registry.pool, tenantId, 2)).sort()).toEqual([ids[1], ids[2], ids[3], broken].sort());
    expect(await listDispensable(registry.pool, tenantId, 10)).toEqual([broken]);
  });

  test('an interrupted removal is continued, and the backup is unreadable by then', async () => {
    const { tenantId } = await tenant();
    const [old] = [await good(tenantId, new Date(Date.now() - HOUR)), await good(tenantId)];
    for (let n = 0; n < 2; n += 1) await retireBackup(registry.pool, old);
    expect(await findBackup(registry.pool, old)).toMatchObject({ state: 'removed' });
    expect(await keyOf(tenantId, old)).toBeUndefined();
    expect(await listDispensable(registry.pool, tenantId, 1)).toEqual([old]);
    await recordRemoval(registry.pool, old);
    await recordRemoval(registry.pool, old);
    expect(await listDispensable(registry.pool, tenantId, 1)).toEqual([]);
    expect(await actions(tenantId)).toEqual(['backup.made', 'backup.made', 'backup.retired', 'backup.removed']);
  });

  test('the newest good backup and the newest good restore stay visible, whatever fails later', async () => {
    const { tenantId } = await tenant();
    expect(await readLastGood(registry.pool, tenantId)).toEqual({});
    const restored = await good(tenantId, new Date(Date.now() - HOUR));
    await tested(restored, true);
    const newest = await good(tenantId);
    await tested(newest, false);
    await tested(restored, false);
    await bad(tenantId);
    expect(await readLastGood(registry.pool, tenantId)).toMatchObject({
      lastGoodBackup: { backupId: newest },
      lastGoodRestore: { backupId: restored },
    });
    expect(await readBackup(registry.pool, tenantId, newest)).toMatchObject({
      state: 'good',
      restoreTest: { state: 'failed', problem: 'cut off' },
    });
    const evidence = await listEvidence(registry.pool, tenantId);
    expect(evidence.map(({ check, probe, passed }) => [check, probe, passed])).toEqual([
      ['backup.restore', restored, true],
      ['backup.restore', newest, false],
      ['backup.restore', restored, false],
    ]);
  });

  test('rotating the tenant’s key changes no backup key, not even of a backup in progress', async () => {
    const { tenantId } = await tenant();
    const old = await good(tenantId);
    const backupId = await request(tenantId);
    const rotate = () => rotateTenantKey(registry.pool, registry.keys, { tenantId, actor: 'test' });
    await Promise.all([rotate(), begin(tenantId, backupId, 'one'), rotate(), begin(tenantId, backupId, 'one')]);
    await rotate();
    expect((await keyOf(tenantId, old))?.toString()).toBe('key');
    expect((await keyOf(tenantId, backupId))?.toString()).toBe('one');
    await destroyTenantKey(registry.pool, tenantId);
    await expect(keyOf(tenantId, old)).rejects.toThrow('was destroyed');
  });

  describe('a due backup', () => {
    test('is taken for an active tenant without a good backup since its scheduled time, and only once', async () => {
      const { tenantId } = await tenant();
      expect(await listSchedules(registry.pool)).toEqual([DAILY]);
      const [task] = await due();
      expect(task).toMatchObject({ region: 'eu-central', action: 'make' });
      expect((await findBackup(registry.pool, task!.backupId))!.tenantId).toBe(tenantId);
      expect(await due()).toEqual([]);
    });

    test('is not taken for a tenant that was backed up since then for any reason, but for one that was not', async () => {
      const { tenantId } = await tenant();
      await good(tenantId);
      expect(await due()).toEqual([]);
      expect(await due(new Date(Date.now() + 1_000))).toHaveLength(1);
    });

    test('and a restore test are taken for a suspended tenant too, and for none that is leaving or gone', async () => {
      const { tenantId } = await tenant();
      await good(tenantId, new Date(Date.now() - 2 * HOUR));
      const put = (state: string) =>
        registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
      for (const state of ['leaving', 'gone']) {
        await put(state);
        expect(await listSchedules(registry.pool)).toEqual([]);
        expect(await due()).toEqual([]);
        expect(await takeDueRestoreTests(registry.pool, 10)).toEqual([]);
        expect(await findBackedUpTenant(registry.pool, { tenantId })).toBeUndefined();
      }
      await put('suspended');
      expect(await listSchedules(registry.pool)).toEqual([DAILY]);
      expect(await due()).toMatchObject([{ tenantId, action: 'make' }]);
      expect(await takeDueRestoreTests(registry.pool, 10)).toMatchObject([{ tenantId, action: 'test' }]);
      expect(await findBackedUpTenant(registry.pool, { tenantId })).toMatchObject({ tenantId });
    });

    test('is not taken without a schedule or a region, for another schedule, or for an inactive tenant', async () => {
      await tenant(null);
      await tenant({ schedule: '0 3 * * *', keep: 1 });
      const { operationId } = await tenant();
      await registry.pool.query(`update operation set status = 'compensating' where operation_id = $1`, [operationId]);
      expect(await due()).toEqual([]);
    });

    test('is taken again some time after a failure, at most a few times per scheduled turn', async () => {
      const { tenantId } = await tenant();
      await bad(tenantId);
      expect(await due()).toEqual([]);
      await registry.pool.query('delete from backup');
      await bad(tenantId, 30);
      await bad(tenantId, 20);
      expect(await due()).toHaveLength(1);
      await registry.pool.query('delete from backup');
      for (const minutes of [50, 40, 30]) await bad(tenantId, minutes);
      expect(await due()).toEqual([]);
      expect(await due(new Date(Date.now() - 25 * 60_000))).toHaveLength(1);
    });

    test('is taken up to a limit, and never twice by concurrent callers', async () => {
      for (let count = 0; count < 6; count += 1) await tenant();
      const taken = (await Promise.all([due(undefined, 3), due(undefined, 3), due(undefined, 3)])).flat();
      const rest = await due();
      expect(new Set([...taken, ...rest].map(({ backupId }) => backupId)).size).toBe(taken.length + rest.length);
      expect(taken.length + rest.length).toBe(6);
    });

    test('is ended when it has made no progress for hours', async () => {
      const { tenantId } = await tenant();
      const backupId = await request(tenantId);
      await closeForgottenBackups(registry.pool);
      expect((await findBackup(registry.pool, backupId))!.state).toBe('requested');
      await registry.pool.query(`update backup set requested_at = now() - interval '7 hours'`);
      await closeForgottenBackups(registry.pool);
      expect((await findBackup(registry.pool, backupId))!.state).toBe('failed');
    });

    test('for a restore test is the newest good one, unless one was restored within the week or tried today', async () => {
      const { tenantId } = await tenant();
      await good(tenantId, new Date(Date.now() - HOUR));
      const newest = await good(tenantId);
      const take = () => takeDueRestoreTests(registry.pool, 10);
      expect(await take()).toEqual([{ backupId: newest, tenantId, region: 'eu-central', action: 'test' }]);
      expect(await take()).toEqual([]);
      await tested(newest, true);
      await registry.pool.query(`update backup set restore_begun_at = now() - interval '2 days'`);
      expect(await take()).toEqual([]);
      await registry.pool.query(`update backup set restored_at = now() - interval '8 days'`);
      expect(await take()).toHaveLength(1);
    });
  });

  test('the operators are told of the first failure in a row, and again after a success', async () => {
    const { tenantId, operationId } = await tenant();
    const failures = async (backupId: string) =>
      (await findBackupTrouble(registry.pool, { backupId, action: 'make' }))?.failures;
    const first = await bad(tenantId, 50);
    expect(await findBackupTrouble(registry.pool, { backupId: first, action: 'make' })).toEqual({
      operationId,
      failures: 1,
    });
    expect(await failures(await bad(tenantId, 40))).toBe(2);
    const between = await good(tenantId);
    await registry.pool.query(`update backup set requested_at = now() - interval '30 minutes' where backup_id = $1`, [
      between,
    ]);
    expect(await failures(await bad(tenantId, 20))).toBe(1);
    expect(await failures('bk_none')).toBeUndefined();
  });
});
