import { removeDueExports } from '../../../activities/maintenance/export-upkeep';
import { beginExport, beginRemoval, completeExport, findExport, recordVolume } from '../../../registry/tenants/exports';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { emptyVault } from '../../helpers/providers/storage/memory-vault';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('upkeep of exports: not run, this machine has no PostgreSQL');

suite('upkeep of exports', () => {
  const REGION = 'eu';
  let registry: TestRegistry;
  let vault: ReturnType<typeof emptyVault>;
  beforeAll(async () => (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => (vault = emptyVault()));

  /** An export with a file, whose removal of the tenant has ended this many days ago. */
  async function exported(daysAgo?: number): Promise<{ operationId: string; key: string }> {
    const { pool } = registry;
    const { tenantId, operationId } = await acceptTenant(registry);
    const key = `export/${tenantId}/${operationId}/1/0001.tar.age`;
    vault.files.set(key, Buffer.from('sealed'));
    const { attempt } = (await beginExport(pool, { operationId, tenantId, region: REGION, recipient: 'age1test' }))!;
    const counts = { bytes: 6, entries: 0, tables: 0, rows: 0, objects: 0, objectBytes: 0 };
    const sums = { sha256: '', manifestSha256: '', lastObject: null };
    await recordVolume(pool, { operationId, attempt }, { number: 1, key, last: true, ...counts, ...sums });
    await completeExport(pool, { operationId, attempt }, undefined);
    if (daysAgo !== undefined)
      await registry.asOwner(
        `update operation set status = 'completed', completed_at = now() - interval '${daysAgo} days' where operation_id = '${operationId}'`,
      );
    return { operationId, key };
  }
  const upkeep = (list = vault.list) =>
    removeDueExports(
      {
        pool: registry.pool,
        signal: () => AbortSignal.timeout(60_000),
        storage: { forRegion: () => ({ vault: { ...vault, list } }), classify: () => undefined },
      },
      REGION,
    );
  const stateOf = async (operationId: string) => (await findExport(registry.pool, operationId))?.state;

  test('an archive is deleted 30 days after its tenant is gone, and not before', async () => {
    const [waiting, recent, due] = [await exported(), await exported(29), await exported(31)];
    expect(await upkeep()).toEqual([]);
    expect([...vault.files.keys()].sort()).toEqual([waiting.key, recent.key].sort());
    expect(await stateOf(due.operationId)).toBe('removed');
    expect(await stateOf(recent.operationId)).toBe('ready');
  });

  test('a removal that was interrupted is finished, and files that no export names are deleted', async () => {
    const { operationId, key } = await exported();
    await beginRemoval(registry.pool, operationId);
    const kept = await exported();
    vault.files.set(kept.key.replace('/1/', '/2/'), Buffer.from('of an abandoned attempt'));
    vault.files.set('backup/other', Buffer.from('not an export'));
    expect(await upkeep()).toEqual([]);
    expect(vault.files.has(key)).toBe(false);
    expect([...vault.files.keys()].sort()).toEqual(['backup/other', kept.key].sort());
    expect(await stateOf(operationId)).toBe('removed');
  });

  test('an upload that no attempt knows is aborted after a day', async () => {
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    vault.uploads.set('export/a/op/1/0001.tar.age', hoursAgo(25));
    vault.uploads.set('export/b/op/1/0001.tar.age', hoursAgo(23));
    vault.uploads.set('backup/c', hoursAgo(25));
    expect(await upkeep()).toEqual([]);
    expect([...vault.uploads.keys()]).toEqual(['export/b/op/1/0001.tar.age', 'backup/c']);
  });

  test('a vault that does not answer is a problem of this round, and the next one deletes the archive', async () => {
    const { operationId } = await exported(31);
    const away = (): never => {
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    };
    expect(await upkeep(away)).toHaveLength(2);
    expect(await stateOf(operationId)).toBe('removing');
    await upkeep();
    expect(await stateOf(operationId)).toBe('removed');
  });
});
