import { createRemoval } from '../../../activities/removal/remove';
import { requestBackup } from '../../../registry/backups/backups';
import { listResources } from '../../../registry/ledger/ledger';
import { recordOutcome } from '../../../registry/operations/transitions';
import { findOperation } from '../../../registry/views/operations';
import { activeTenant } from '../../helpers/tenants/accepted';
import { acceptRemoval, addRow, passPivot } from '../../helpers/tenants/removal';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the activities of a removal: not run, this machine has no PostgreSQL');

suite('the activities of a removal', () => {
  let registry: TestRegistry;
  let released: { tenantId: string; step: string }[];
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => (released = []));

  const removal = () =>
    createRemoval({
      pool: registry.pool,
      effects: { releaseTenantStep: (of) => Promise.resolve(void released.push(of)) },
      sendLastUsage: (tenantId) => Promise.resolve(void released.push({ tenantId, step: 'last usage' })),
    });
  const at = (operationId: string) => ({ operationId, step: 'legal-hold' as const });

  async function leaving({ grace = 0 } = {}) {
    const { tenantId, operationId: provisioning } = await activeTenant(registry);
    await addRow(registry, { tenantId, operationId: provisioning, step: 'storage-and-compute', kind: 'bucket' });
    const operationId = await acceptRemoval(registry, tenantId);
    for (const status of ['running', 'grace'] as const) await recordOutcome(registry.pool, { operationId, status });
    const { removalAt } = await removal().announceRemoval({ ...at(operationId), graceSeconds: grace });
    return { tenantId, operationId, removalAt };
  }

  test('nothing is removed before the announced date, by the registry’s clock', async () => {
    const { operationId, removalAt } = await leaving({ grace: 3600 });
    expect(await removal().findRemovalObstacle(at(operationId))).toEqual({ obstacle: 'grace', until: removalAt });
    expect(await removal().beginRemoval({ ...at(operationId), steps: [] })).toEqual({ answer: 'too-early' });
    await expect(removal().releaseTenantStep({ operationId, step: 'remove', of: 'database' })).rejects.toMatchObject({
      type: 'StateConflict',
    });
    await expect(removal().forgetTenant({ operationId, step: 'remove' })).rejects.toMatchObject({
      type: 'StateConflict',
    });
    expect(released).toEqual([]);
  });

  test('the pivot adds a ledger row for the tenant’s backups; repeating it changes nothing', async () => {
    const { operationId, tenantId } = await leaving();
    expect(await removal().findRemovalObstacle(at(operationId))).toEqual({});
    for (let time = 0; time < 2; time++)
      expect(await removal().beginRemoval({ ...at(operationId), steps: [] })).toEqual({ answer: 'committed' });
    expect((await findOperation(registry.pool, operationId))?.status).toBe('removing');
    const backups = (await listResources(registry.pool, tenantId)).filter(({ kind }) => kind === 'backups');
    expect(backups).toMatchObject([
      { step: 'remove', provider: 'memory', name: `backup/${tenantId}/`, state: 'present' },
    ]);
  });

  test('a removal that was called off cannot begin', async () => {
    const { operationId } = await leaving();
    for (const status of ['compensating', 'cancelled'] as const)
      await recordOutcome(registry.pool, { operationId, status });
    expect(await removal().beginRemoval({ ...at(operationId), steps: [] })).toEqual({ answer: 'refused' });
  });

  test('a backup that is being made ends without a key; when its parts are gone, that is recorded', async () => {
    const { operationId, tenantId } = await leaving();
    await requestBackup(registry.pool, {
      backupId: `bk_${tenantId}`,
      tenantId,
      region: 'eu',
      reason: 'requested',
      requestedBy: 'token:operator',
    });
    await passPivot(registry, operationId);
    await removal().forgetTenant({ operationId, step: 'remove' });
    const backup = async (): Promise<object[]> => {
      const sql = `select state, wrapped_key, removed_at is not null as gone from backup where tenant_id = $1`;
      return (await registry.pool.query<object>(sql, [tenantId])).rows;
    };
    expect(await backup()).toEqual([{ state: 'failed', wrapped_key: null, gone: false }]);
    await removal().releaseTenantStep({ operationId, step: 'remove', of: 'remove' });
    expect(released).toEqual([{ tenantId, step: 'remove' }]);
    expect(await backup()).toMatchObject([{ gone: true }]);
  });

  test('what was used last is sent before the account at the billing provider is closed', async () => {
    const { operationId, tenantId } = await leaving();
    await passPivot(registry, operationId);
    for (const step of ['integrations', 'database'] as const)
      await removal().releaseTenantStep({ operationId, step: 'remove', of: step });
    expect(released).toEqual(['last usage', 'integrations', 'database'].map((step) => ({ tenantId, step })));
  });

  test('leftovers wait for an operator; the keys count only when nothing else is left', async () => {
    const { operationId, tenantId } = await leaving();
    await passPivot(registry, operationId);
    const conclude = (keysToo: boolean) => removal().concludeRemoval({ operationId, keysToo });
    expect(await conclude(false)).toMatchObject({ status: 'needs_operator', leftovers: [{ kind: 'bucket' }] });
    expect(await findOperation(registry.pool, operationId)).toMatchObject({
      status: 'needs_operator',
      failure: { type: 'CompensationIncomplete', step: 'remove' },
    });
    await registry.pool.query(`update resource set state = 'absent' where tenant_id = $1 and kind = 'bucket'`, [
      tenantId,
    ]);
    expect(await conclude(false)).toEqual({ status: 'removing', leftovers: [] });
    expect(await conclude(true)).toMatchObject({ status: 'needs_operator', leftovers: [{ kind: 'tenant-key' }] });
  });
});
