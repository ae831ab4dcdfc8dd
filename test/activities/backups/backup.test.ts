import { randomUUID } from 'node:crypto';
import { createStorage, type Storage } from '../../../providers/storage/storage';
import { createBackup } from '../../../activities/backups/backup';
import { createBackupPlan } from '../../../activities/backups/plan';
import type { BackupActivities } from '../../../activities/backups/interface';
import { backupIdOf, type BackupTask } from '../../../contract/backups/backups';
import type { Isolation, Plan } from '../../../contract/orders/order';
import { readBackup } from '../../../registry/views/backups';
import { retireBackup } from '../../../registry/backups/retirement';
import { findBackup, requestBackup } from '../../../registry/backups/backups';
import { registerCells, reserve } from '../../../registry/capacity/capacity';
import { transaction } from '../../../registry/database';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { requestRestore } from '../../../registry/backups/restores';
import { liftLegalHold, putLegalHold } from '../../../registry/tenants/legal-hold-changes';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { loadTemplates } from '../../../templates/load';
import { CELL, REGION, startClusters, type Clusters } from '../../providers/postgres/clusters';
import { provision, type Tenant } from '../../providers/postgres/tenant';
import { order } from '../../helpers/api';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../../stack';

const endpoints = stackEndpoints('s3', 'postgres');
const possible = hasPostgres() && endpoints.s3?.[REGION] !== undefined;
const suite = possible ? describe : describe.skip;
if (!possible) test.todo('backups: not run, this machine has no PostgreSQL or no object store');

const UNUSABLE = { type: 'BackupUnusable' };
const PLANS: [Plan, Isolation][] = [
  ['starter', 'pooled'],
  ['professional', 'schema'],
  ['enterprise', 'database'],
];

suite('backups in a region’s vault', () => {
  let registry: TestRegistry;
  let clusters: Clusters;
  let storage: Storage;
  let activities: BackupActivities;
  const begun: BackupTask[] = [];
  const signal = AbortSignal.timeout(300_000);
  const vault = () => storage.forRegion(REGION).vault;

  beforeAll(async () => {
    registry = await createTestRegistry();
    storage = createStorage(versityRegions(endpoints));
    clusters = await startClusters(undefined);
    await vault().prepare(signal);
    const dependencies = {
      pool: registry.pool,
      keys: registry.keys,
      postgres: clusters.postgres,
      storage,
      signal: () => signal,
      backupRuns: { begin: (task: BackupTask) => Promise.resolve(void begun.push(task)) },
    };
    activities = { ...createBackup(dependencies), ...createBackupPlan(dependencies) };
    const kinds = ['database', 'storage', 'compute'] as const;
    await registerCells(
      registry.pool,
      kinds.map((kind) => ({ region: REGION, kind, cell: kind === 'database' ? CELL : kind, capacity: 1_000 })),
    );
  }, 180_000);
  afterAll(async () => {
    storage?.close();
    await clusters?.stop();
    await registry?.drop();
  });

  let sequence = 0;
  async function tenant([plan, isolation]: [Plan, Isolation] = PLANS[0]!): Promise<Tenant & { operationId: string }> {
    const { pool, keys } = registry;
    const accepted = await acceptOrder(pool, keys, {
      caller: 'test',
      requestHash: Buffer.alloc(32, ++sequence),
      order: order({ tenantName: `vault-${sequence}` }),
      template: { ...loadTemplates('templates').get(plan), backup: { schedule: '0 2 * * *', keep: 2 } },
      approvalsRequired: [],
    });
    if (accepted.outcome !== 'accepted') throw new Error('not accepted');
    const { operationId, tenantId } = accepted;
    await pool.query(`update operation set status = 'active', region = $2 where operation_id = $1`, [
      operationId,
      REGION,
    ]);
    await transaction(pool, (client) =>
      reserve(client, {
        tenantId,
        region: REGION,
        hostname: `${tenantId}.example.com`,
        computeCells: ['compute'],
        units: { database: 1, storage: 1, compute: 1 },
      }),
    );
    return { ...(await provision(clusters.postgres, isolation, tenantId)), operationId };
  }
  async function request(tenantId: string): Promise<string> {
    const backupId = backupIdOf(randomUUID());
    await requestBackup(registry.pool, {
      backupId,
      tenantId,
      region: REGION,
      reason: 'requested',
      requestedBy: 'test',
    });
    return backupId;
  }
  async function make(tenantId: string): Promise<string> {
    const backupId = await request(tenantId);
    await activities.makeBackup({ backupId });
    return backupId;
  }
  async function keysOf(tenantId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of vault().list(`backup/${tenantId}/`, { signal })) keys.push(key);
    return keys;
  }
  const shown = async (tenantId: string, backupId: string) => (await readBackup(registry.pool, tenantId, backupId))!;

  test.each(PLANS)(
    'a %s tenant is backed up and restored, and the files in the vault reveal nothing',
    async (...plan) => {
      const made = await tenant(plan);
      const { tenantId } = made;
      const backupId = await make(tenantId);
      expect(await shown(tenantId, backupId)).toMatchObject({ state: 'good', parts: 1, isolation: plan[1] });
      expect(await keysOf(tenantId)).toEqual([`backup/${tenantId}/${backupId}/1/000000`]);
      const [key] = await keysOf(tenantId);
      const stored = (await vault().get(key!, { signal }))!;
      expect(stored.includes('Default')).toBe(false);
      await activities.testBackup({ backupId });
      expect(await shown(tenantId, backupId)).toMatchObject({ restoreTest: { state: 'good' } });
      await made.remove();
    },
  );

  test('a backup that was edited, cut off or emptied is detected, and other backups stay usable', async () => {
    const made = await tenant();
    const { tenantId } = made;
    const untouched = await make(tenantId);
    const backupId = await make(tenantId);
    const key = (await keysOf(tenantId)).find((each) => each.includes(backupId))!;
    const stored = (await vault().get(key, { signal }))!;
    const edited = Buffer.from(stored);
    edited[10]! ^= 1;
    for (const spoilt of [edited, stored.subarray(0, stored.length - 1), Buffer.alloc(0)]) {
      await vault().put(key, spoilt, { signal });
      await expect(activities.testBackup({ backupId })).rejects.toMatchObject(UNUSABLE);
    }
    await vault().remove(key, { signal });
    await expect(activities.testBackup({ backupId })).rejects.toThrow('part 0 of 1 is not in the vault');
    const trouble = { backupId, action: 'test' as const, problem: 'part 0 of 1 is not in the vault' };
    expect(await activities.recordBackupTrouble(trouble)).toMatchObject({ operationId: made.operationId, first: true });
    expect(await shown(tenantId, backupId)).toMatchObject({ state: 'good', restoreTest: { state: 'failed' } });
    await activities.testBackup({ backupId: untouched });
    await vault().put(key, stored, { signal });
    await activities.testBackup({ backupId });
    expect(await shown(tenantId, backupId)).toMatchObject({ restoreTest: { state: 'good' } });
    await made.remove();
  });

  test('a backup cannot be restored without its own key, or without the tenant’s', async () => {
    const made = await tenant();
    const [first, second] = [await make(made.tenantId), await make(made.tenantId)];
    await retireBackup(registry.pool, first);
    await expect(activities.testBackup({ backupId: first })).rejects.toMatchObject({ type: 'StateConflict' });
    await destroyTenantKey(registry.pool, made.tenantId);
    await expect(activities.testBackup({ backupId: second })).rejects.toThrow('the tenant’s key was destroyed');
    await expect(activities.makeBackup({ backupId: await request(made.tenantId) })).rejects.toMatchObject(UNUSABLE);
    await made.remove();
  });

  test('older backups are removed once newer good ones exist, but not while newer ones fail', async () => {
    const made = await tenant();
    const { tenantId } = made;
    const ids = [await make(tenantId), await make(tenantId)];
    const failed = await request(tenantId);
    await activities.recordBackupTrouble({ backupId: failed, action: 'make', problem: 'no disk' });
    await vault().put(`backup/${tenantId}/${failed}/1/000000`, Buffer.from('half'), { signal });
    expect((await keysOf(tenantId)).length).toBe(3);
    ids.push(await make(tenantId));
    expect((await keysOf(tenantId)).sort()).toEqual(
      ids
        .slice(1)
        .map((id) => `backup/${tenantId}/${id}/1/000000`)
        .sort(),
    );
    expect(await shown(tenantId, ids[0]!)).toMatchObject({ state: 'removed' });
    await made.remove();
  });

  test('while a legal hold stands no backup is removed and nothing is restored over the tenant, and afterwards both are possible', async () => {
    const made = await tenant();
    const { tenantId } = made;
    const { pool, keys } = registry;
    const hold = { tenantId, actor: 'token:legal', reason: 'Sued' };
    const ids = [await make(tenantId)];
    await requestRestore(pool, { backupId: ids[0]!, requestedBy: 'test' });
    await putLegalHold(pool, keys, { ...hold, until: null });
    await expect(activities.restoreBackup({ backupId: ids[0]! })).rejects.toThrow(
      `A legal hold stands on tenant ${tenantId} until it is lifted.`,
    );
    for (let n = 0; n < 3; n++) ids.push(await make(tenantId));
    for (const id of ids) expect(await shown(tenantId, id)).toMatchObject({ state: 'good' });
    const { rowCount } = await pool.query(
      `select from audit_entry where tenant_id = $1 and action = 'backups.kept-by-legal-hold'`,
      [tenantId],
    );
    expect(rowCount).toBe(1);
    await liftLegalHold(pool, keys, hold);
    ids.push(await make(tenantId));
    const kept = await Promise.all(ids.map(async (id) => (await shown(tenantId, id)).state === 'good'));
    expect(kept).toEqual([false, false, false, true, true]);
    await activities.restoreBackup({ backupId: ids.at(-1)! });
    await made.remove();
  });

  test('a late second attempt does no harm: it removes what it wrote', async () => {
    const made = await tenant(PLANS[1]);
    const { tenantId } = made;
    const backupId = await request(tenantId);
    await Promise.all([activities.makeBackup({ backupId }), activities.makeBackup({ backupId })]);
    const { attempt } = (await findBackup(registry.pool, backupId))!;
    expect(await keysOf(tenantId)).toEqual([`backup/${tenantId}/${backupId}/${attempt}/000000`]);
    await activities.testBackup({ backupId });
    await activities.makeBackup({ backupId });
    expect((await findBackup(registry.pool, backupId))!.attempt).toBe(attempt);
    await made.remove();
  });

  test('a tenant is restored to a backup, and the outcome is recorded', async () => {
    const made = await tenant(PLANS[1]);
    const backupId = await make(made.tenantId);
    const [before] = (await shown(made.tenantId, backupId)).tables!.filter(({ name }) => name === 'project');
    await clusters.superuser(`delete from t_${made.tenantId}.project`, undefined, 'app_schemas');
    await requestRestore(registry.pool, { backupId, requestedBy: 'test' });
    await activities.restoreBackup({ backupId });
    expect(await shown(made.tenantId, backupId)).toMatchObject({ restore: { state: 'good', requestedBy: 'test' } });
    const after = await shown(made.tenantId, await make(made.tenantId));
    expect(after.tables).toContainEqual(before);
    await requestRestore(registry.pool, { backupId, requestedBy: 'test' });
    await activities.recordBackupTrouble({ backupId, action: 'restore', problem: 'no connection' });
    expect(await shown(made.tenantId, backupId)).toMatchObject({
      restore: { state: 'failed', problem: 'no connection' },
    });
    await made.remove();
  });

  test('a backup of an unreachable database fails as an outage, and leaves nothing in the vault', async () => {
    const made = await tenant(PLANS[2]);
    const { tenantId } = made;
    await made.remove();
    const backupId = await request(tenantId);
    await expect(activities.makeBackup({ backupId })).rejects.toMatchObject({ type: 'ProviderRefused' });
    expect(await keysOf(tenantId)).toEqual([]);
  });

  test('the first backup starts once the tenant is active, and becomes due later if that start was lost', async () => {
    const made = await tenant();
    const { operationId, tenantId } = made;
    begun.length = 0;
    await activities.requestFirstBackup({ operationId });
    await activities.requestFirstBackup({ operationId });
    expect(new Set(begun.map(({ backupId }) => backupId)).size).toBe(1);
    expect(await shown(tenantId, begun[0]!.backupId)).toMatchObject({ reason: 'provisioned', requestedBy: 'workflow' });
    await activities.makeBackup(begun[0]!);
    const { tasks } = await activities.planBackups();
    expect(tasks).toContainEqual({ backupId: begun[0]!.backupId, tenantId, region: REGION, action: 'test' });
    await made.remove();
  });
});
