import { addDays, dayOf } from '../../../contract/usage/periods';
import { transaction } from '../../../registry/database';
import { forgetNames } from '../../../registry/tenants/forgetting';
import { findMeteredTenant } from '../../../registry/usage/metered-tenants';
import { readPastUse } from '../../../registry/usage/read';
import { forgetUsage } from '../../../registry/usage/retention';
import { storeUsage } from '../../../registry/usage/store';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { meteredTenant, store, usageRecord } from '../../helpers/tenants/usage';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('usage records: not run, this machine has no PostgreSQL');

const DAY_MS = 86_400_000;

suite('usage records', () => {
  let registry: TestRegistry;
  let tenantId: string;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => void (tenantId = await meteredTenant(registry)));

  /** What was used of a meter on each day. */
  async function usedOf(meter = 'api_requests', by: 'day' | 'month' = 'day'): Promise<Record<string, number>> {
    const tenant = await findMeteredTenant(registry.pool, tenantId);
    const today = dayOf(new Date());
    const past = await readPastUse(registry.pool, {
      tenantId,
      meters: tenant!.meters.filter((each) => each.meter === meter),
      begins: addDays(today, -399),
      ends: addDays(today, 2),
      by,
    });
    return Object.fromEntries(past.map(({ begins, used }) => [begins, used]));
  }

  async function rowsOf(table: string): Promise<number> {
    const { rows } = await registry.pool.query(`select from ${table} where tenant_id = $1`, [tenantId]);
    return rows.length;
  }

  test('a record that is sent again counts once, and a lost answer can be asked for again', async () => {
    const record = usageRecord(tenantId);
    expect(await store(registry.pool, record, record)).toEqual([{ outcome: 'recorded' }, { outcome: 'duplicate' }]);
    expect(await store(registry.pool, record)).toEqual([{ outcome: 'duplicate' }]);
    expect(await usedOf()).toEqual({ [dayOf(record.at)]: 10 });
  });

  test('the same id counts separately for another source and another tenant', async () => {
    const other = await meteredTenant(registry);
    const record = usageRecord(tenantId);
    await store(registry.pool, record, { ...record, tenantId: other });
    const answer = await storeUsage(registry.pool, { source: 'gateway', records: [record] });
    expect(answer).toEqual([{ outcome: 'recorded' }]);
    expect(await usedOf()).toEqual({ [dayOf(record.at)]: 20 });
  });

  test('late records count on their own day', async () => {
    const now = new Date();
    const late = new Date(now.getTime() - 40 * DAY_MS);
    await store(registry.pool, usageRecord(tenantId, { at: late, value: 3 }), usageRecord(tenantId, { at: now }));
    expect(await usedOf()).toEqual({ [dayOf(late)]: 3, [dayOf(now)]: 10 });
  });

  test('a correction replaces the value and keeps the earlier one', async () => {
    const record = usageRecord(tenantId);
    await store(registry.pool, record);
    expect(await store(registry.pool, { ...record, value: 4, revision: 2 })).toEqual([{ outcome: 'corrected' }]);
    expect(await usedOf()).toEqual({ [dayOf(record.at)]: 4 });
    const { rows } = await registry.pool.query(
      `select revision, value from usage_revision where tenant_id = $1 and record_id = $2`,
      [tenantId, record.recordId],
    );
    expect(rows).toEqual([{ revision: 1, value: '10' }]);
  });

  test('the highest revision counts when corrections overtake each other, also within a batch', async () => {
    const record = usageRecord(tenantId);
    const outcomes = await store(
      registry.pool,
      { ...record, value: 7, revision: 3 },
      { ...record, value: 5, revision: 2 },
      { ...record, value: 8, revision: 4 },
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['recorded', 'outdated', 'corrected']);
    expect(await usedOf()).toEqual({ [dayOf(record.at)]: 8 });
  });

  test('a record that differs without a higher revision is refused, and so is another time or meter', async () => {
    const record = usageRecord(tenantId);
    await store(registry.pool, record);
    const differs = { outcome: 'refused', reason: 'differs' };
    expect(
      await store(
        registry.pool,
        { ...record, value: 11 },
        { ...record, at: new Date(record.at.getTime() - 1000), revision: 2 },
        { ...record, meter: 'storage_bytes', revision: 2 },
      ),
    ).toEqual([differs, differs, differs]);
    expect(await usedOf()).toEqual({ [dayOf(record.at)]: 10 });
  });

  test('what cannot count is refused with its reason, and holds up nothing else in the batch', async () => {
    const now = Date.now();
    const at = (days: number) => ({ at: new Date(now + days * DAY_MS) });
    const outcomes = await store(
      registry.pool,
      usageRecord('zzzzzzzzzzzzzzzz'),
      usageRecord(tenantId, { meter: 'no_such_meter' }),
      usageRecord(tenantId, { meter: 'storage_bytes' }),
      usageRecord(tenantId, at(1)),
      usageRecord(tenantId, at(-399.9)),
      usageRecord(tenantId, at(-401)),
      usageRecord(tenantId),
    );
    expect(outcomes.map((each) => (each.outcome === 'refused' ? each.reason : each.outcome))).toEqual([
      'no-tenant',
      'no-meter',
      'measured-here',
      'future',
      'before-tenant',
      'too-old',
      'recorded',
    ]);
    expect(await rowsOf('usage_record')).toBe(1);
  });

  test('the newest record counts for a level, whatever order records arrive in, and a month has its last day', async () => {
    const now = Date.now();
    const level = (ago: number, value: number) =>
      usageRecord(tenantId, { meter: 'storage_bytes', at: new Date(now - ago * 60_000), value });
    const newest = level(0, 70);
    await storeUsage(registry.pool, { source: 'provisioner', records: [level(2, 50), newest] });
    await storeUsage(registry.pool, { source: 'provisioner', records: [level(1, 90)] });
    const day = dayOf(newest.at);
    expect((await usedOf('storage_bytes'))[day]).toBe(70);
    await storeUsage(registry.pool, { source: 'provisioner', records: [{ ...newest, value: 65, revision: 2 }] });
    expect((await usedOf('storage_bytes'))[day]).toBe(65);
    expect((await usedOf('storage_bytes', 'month'))[`${day.slice(0, 7)}-01`]).toBe(65);
  });

  test('a suspended tenant’s usage is taken, and that of one that is gone is refused', async () => {
    const standing = (state: string) =>
      registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
    await standing('suspended');
    expect(await store(registry.pool, usageRecord(tenantId))).toEqual([{ outcome: 'recorded' }]);
    await standing('gone');
    expect(await store(registry.pool, usageRecord(tenantId))).toEqual([{ outcome: 'refused', reason: 'gone' }]);
  });

  test('nothing of its usage is left of a tenant that is gone', async () => {
    const record = usageRecord(tenantId, { value: 1_000 });
    await store(registry.pool, record);
    await store(registry.pool, { ...record, value: 999, revision: 2 });
    await transaction(registry.pool, (client) => forgetNames(client, tenantId));
    for (const table of ['usage_record', 'usage_revision', 'usage_day', 'usage_quota'])
      expect([table, await rowsOf(table)]).toEqual([table, 0]);
  });

  test('usage is forgotten after its retention, and not before', async () => {
    const oldest = new Date(Date.now() - 390 * DAY_MS);
    await store(registry.pool, usageRecord(tenantId, { at: oldest }), usageRecord(tenantId));
    await forgetUsage(registry.pool, new Date());
    expect(Object.keys(await usedOf())).toHaveLength(2);
    expect(await forgetUsage(registry.pool, new Date(Date.now() + 11 * DAY_MS))).toBe(1);
    expect(Object.keys(await usedOf())).toEqual([dayOf(new Date())]);
  });

  test('two writers at the same time lose nothing', async () => {
    const records = Array.from({ length: 20 }, () => usageRecord(tenantId));
    const reversed = [...records].reverse();
    const answers = await Promise.all([store(registry.pool, ...records), store(registry.pool, ...reversed)]);
    expect(answers.flat().filter(({ outcome }) => outcome === 'recorded')).toHaveLength(20);
    expect(Object.values(await usedOf())).toEqual([200]);
  });
});
