import { announceChange, beginRevert, markChanged, markReverted } from '../../../registry/ledger/changes';
import { closeStep, markAbsent, markPresent, markScheduledForDeletion } from '../../../registry/ledger/ledger';
import { followEvents } from '../../../registry/events/follow';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { eventsAbout } from '../../helpers/events/events';
import { intended } from '../../helpers/ledger';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the events of resources: not run, this machine has no PostgreSQL');

suite('a change of the ledger appends an event in the same statement:', () => {
  const PLACE = { step: 'database', kind: 'database', provider: 'postgres', region: 'eu-central' } as const;
  let registry: TestRegistry;
  let tenant: AcceptedTenant;
  let resourceId: string;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(async () => {
    tenant = await acceptTenant(registry);
    const { tenantId, operationId } = tenant;
    resourceId = await intended(registry.pool, { ...PLACE, tenantId, operationId, cell: '', name: `t_${tenantId}` });
  });

  const told = async (): Promise<object[]> =>
    (await eventsAbout(registry.pool, tenant.tenantId)).flatMap(([type, data]) =>
      type === 'resource.state' ? [data] : [],
    );
  const states = (...all: string[]): object[] => all.map((state) => ({ ...PLACE, state }));

  test('a resource that is made, once, and then released', async () => {
    const { pool } = registry;
    expect(await markPresent(pool, resourceId, 'id-1', {})).toBe(true);
    expect(await markPresent(pool, resourceId, 'id-1', {})).toBe(true);
    await closeStep(pool, tenant.operationId, 'database');
    expect(await markAbsent(pool, resourceId)).toBe(0);
    expect(await markAbsent(pool, resourceId)).toBe(0);
    expect(await told()).toEqual(states('present', 'absent'));
  });

  test('none while a request may still take effect, or if the row was closed', async () => {
    const { pool } = registry;
    await closeStep(pool, tenant.operationId, 'database');
    expect(await markPresent(pool, resourceId, 'id-1', {})).toBe(false);
    await pool.query(`update resource set in_flight_until = now() + interval '1 hour' where resource_id = $1`, [
      resourceId,
    ]);
    expect(await markAbsent(pool, resourceId)).toBeGreaterThan(0);
    expect(await told()).toEqual([]);
  });

  test('a resource that its provider deletes later', async () => {
    const { pool } = registry;
    await markPresent(pool, resourceId, 'id-1', {});
    await closeStep(pool, tenant.operationId, 'database');
    await markScheduledForDeletion(pool, resourceId, { deletesAt: '2030-01-01' });
    expect(await told()).toEqual(states('present', 'scheduled_for_deletion'));
  });

  test('a resource that is changed, and changed back', async () => {
    const { pool } = registry;
    const { operationId } = tenant;
    await markPresent(pool, resourceId, 'id-1', {});
    const change = { operationId, settings: { access: 'closed' as const }, seconds: 0 };
    await announceChange(pool, resourceId, change);
    await announceChange(pool, resourceId, change);
    expect(await markChanged(pool, resourceId, operationId, null, null)).toBe(true);
    expect(await beginRevert(pool, operationId, 'database')).toHaveLength(1);
    expect(await markReverted(pool, resourceId, operationId)).toBe(0);
    expect(await told()).toEqual(states('present', 'changing', 'present', 'changing', 'present'));
  });

  test('two callers that record the same at once append one event', async () => {
    const { pool } = registry;
    await Promise.all(Array.from({ length: 6 }, () => markPresent(pool, resourceId, 'id-1', {})));
    expect(await told()).toEqual(states('present'));
  });

  test('followers of the log are woken', async () => {
    const ending = new AbortController();
    const wakes = followEvents(registry.pool, ending.signal);
    await wakes.next();
    const began = performance.now();
    const woken = wakes.next();
    await markPresent(registry.pool, resourceId, 'id-1', {});
    await woken;
    expect(performance.now() - began).toBeLessThan(900);
    ending.abort();
    await wakes.return(undefined);
  });
});
