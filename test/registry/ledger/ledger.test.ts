import { STATUSES, CLEAN_STATUSES, type OperationStatus } from '../../../contract/operations/states';
import {
  addFacts,
  closeStep,
  endInFlight,
  extendInFlight,
  intend,
  listResources,
  listUnreleased,
  markAbsent,
  markInFlight,
  markPresent,
  markScheduledForDeletion,
  nextGeneration,
  recordResourceError,
  type Intent,
  type LedgerRow,
  type ResourceState,
} from '../../../registry/ledger/ledger';
import { acceptTenant, changed } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the ledger: not run, this machine has no PostgreSQL');

suite('the ledger', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  async function newIntent(changes: Partial<Intent> = {}): Promise<Intent> {
    const { tenantId, operationId } = await acceptTenant(registry);
    return {
      ...{ tenantId, operationId, step: 'database', kind: 'thing', provider: 'memory' },
      ...{ region: 'eu-central', cell: 'cell-1', name: `t-${tenantId}` },
      ...changes,
    };
  }
  /** A row in this state, whatever path led there. */
  async function rowIn(state: ResourceState, changes: Partial<Intent> = {}): Promise<LedgerRow> {
    const intent = await newIntent(changes);
    const row = (await intend(registry.pool, intent))!;
    await registry.pool.query(`update resource set state = $2 where resource_id = $1`, [row.resourceId, state]);
    return read(row);
  }
  const read = async ({ tenantId, resourceId }: LedgerRow): Promise<LedgerRow> =>
    (await listResources(registry.pool, tenantId)).find((row) => row.resourceId === resourceId)!;
  const seconds = ({ inFlightUntil }: LedgerRow): number => (inFlightUntil!.getTime() - Date.now()) / 1000;
  const ALL: ResourceState[] = ['intended', 'present', 'closing', 'absent', 'accepted', 'scheduled_for_deletion'];
  const later = (ms: number): Date => new Date(Date.now() + ms);

  test('adds facts to those that it has of one resource', async () => {
    const [row, other] = [await rowIn('present'), await rowIn('present')];
    for (const facts of [{ size: 1, kept: true }, { size: 2 }]) await addFacts(registry.pool, row.resourceId, facts);
    expect((await read(row)).facts).toEqual({ ...row.facts, size: 2, kept: true });
    expect((await read(other)).facts).toEqual(other.facts);
  });

  describe('an intent', () => {
    test('of a later operation starts the row of a lost resource over, and one of the operation that made it does not', async () => {
      const row = await rowIn('absent');
      const { tenantId } = row;
      await registry.pool.query(
        `update resource set settings = '{"access": "closed"}', external_id = 'x', facts = '{"a": 1}' where resource_id = $1`,
        [row.resourceId],
      );
      expect(await intend(registry.pool, row)).toMatchObject({ state: 'absent' });
      await registry.pool.query(`update operation set status = 'active' where tenant_id = $1`, [tenantId]);
      const operationId = await changed(registry, tenantId, { kind: 'suspend', parameters: { access: 'closed' } });
      expect(await intend(registry.pool, { ...row, operationId })).toMatchObject({
        ...{ resourceId: row.resourceId, operationId, state: 'intended', generation: row.generation + 1 },
        ...{ externalId: null, facts: {}, settings: { access: 'open' }, settingsBefore: null },
      });
    });

    test('is a row with everything known, and writing it again returns the same row', async () => {
      const intent = await newIntent();
      const row = await intend(registry.pool, intent);
      expect(row).toMatchObject({
        ...intent,
        ...{ state: 'intended', externalId: null, generation: 0, facts: {}, lastError: null, inFlightUntil: null },
        intendedAt: expect.any(Date) as Date,
      });
      expect(await intend(registry.pool, { ...intent, name: 'another' })).toEqual(row);
      expect(await listResources(registry.pool, intent.tenantId)).toHaveLength(2);
    });

    test('is refused for a compensating operation, and accepted for any other', async () => {
      const written: OperationStatus[] = [];
      for (const status of STATUSES) {
        const intent = await newIntent();
        await registry.pool.query(`update operation set status = $2 where operation_id = $1`, [
          intent.operationId,
          status,
        ]);
        if (await intend(registry.pool, intent)) written.push(status);
      }
      const turned = ['compensating', 'needs_operator', ...CLEAN_STATUSES];
      expect(written).toEqual(STATUSES.filter((status) => !turned.includes(status)));
    });
  });

  test.each(ALL)('whether a resource can be marked present depends on its state (%s)', async (state) => {
    const row = await rowIn(state);
    await recordResourceError(registry.pool, row.resourceId, 'an error of before');
    const earlier = later(60_000);
    const marked = await markPresent(registry.pool, row.resourceId, 'id-1', { a: 1 }, earlier);
    expect(marked).toBe(state === 'intended' || state === 'present');
    expect(await read(row)).toMatchObject(
      marked
        ? { state: 'present', externalId: 'id-1', facts: { a: 1 }, lastError: null, inFlightUntil: earlier }
        : { state, externalId: null, facts: {}, lastError: 'an error of before' },
    );
  });

  test('a resource marked present without a preceding request is not in flight', async () => {
    const row = await rowIn('intended');
    await markInFlight(registry.pool, row.resourceId, 50);
    await markPresent(registry.pool, row.resourceId, 'id-1', {});
    expect((await read(row)).inFlightUntil).toBeNull();
  });

  test.each(ALL)('a request is allowed only for an intended resource (%s)', async (state) => {
    const row = await rowIn(state);
    const asked = await markInFlight(registry.pool, row.resourceId, 50);
    expect(asked).toBe(state === 'intended');
    const { inFlightUntil } = await read(row);
    expect(inFlightUntil === null).toBe(!asked);
    if (asked) expect(Math.abs(seconds(await read(row)) - 50)).toBeLessThan(10);
  });

  test.each(ALL)('the in-flight time can change until the resource is released (%s)', async (state) => {
    const row = await rowIn(state);
    const open = ['intended', 'present', 'closing'].includes(state);
    await extendInFlight(registry.pool, row.resourceId, 50);
    expect((await read(row)).inFlightUntil !== null).toBe(open);
    if (open) expect(Math.abs(seconds(await read(row)) - 50)).toBeLessThan(10);
    await extendInFlight(registry.pool, row.resourceId, 20);
    if (open) expect(seconds(await read(row))).toBeGreaterThan(40);
    await endInFlight(registry.pool, row.resourceId, null, 15);
    if (open) expect(Math.abs(seconds(await read(row)) - 15)).toBeLessThan(10);
    const earlier = later(90_000);
    await endInFlight(registry.pool, row.resourceId, earlier, 15);
    expect((await read(row)).inFlightUntil).toEqual(open ? earlier : null);
    await endInFlight(registry.pool, row.resourceId, null);
    expect((await read(row)).inFlightUntil).toBeNull();
  });

  test('a definite failure moves to the next generation, and restores the earlier in-flight time', async () => {
    const row = await rowIn('intended');
    await markInFlight(registry.pool, row.resourceId, 50);
    await nextGeneration(registry.pool, row.resourceId, null);
    expect(await read(row)).toMatchObject({ generation: 1, inFlightUntil: null });
    const earlier = later(60_000);
    await nextGeneration(registry.pool, row.resourceId, earlier);
    expect(await read(row)).toMatchObject({ generation: 2, inFlightUntil: earlier });
  });

  test('a step is closed newest first, without released rows, and no other step is closed', async () => {
    const intent = await newIntent();
    const kinds = Array.from({ length: 12 }, (_, n) => `kind-${n}`);
    for (const kind of kinds) await intend(registry.pool, { ...intent, kind });
    await intend(registry.pool, { ...intent, kind: 'elsewhere', step: 'security' });
    for (const [kind, state] of [
      ['kind-3', 'absent'],
      ['kind-4', 'accepted'],
      ['kind-5', 'scheduled_for_deletion'],
      ['kind-6', 'present'],
      ['kind-7', 'closing'],
    ])
      await registry.pool.query(`update resource set state = $3 where tenant_id = $1 and kind = $2`, [
        ...[intent.tenantId, kind, state],
      ]);
    const closed = await closeStep(registry.pool, intent.operationId, 'database');
    const left = kinds.filter((kind) => !['kind-3', 'kind-4', 'kind-5'].includes(kind));
    expect(closed.map(({ kind }) => kind)).toEqual([...left].reverse());
    for (const { state } of closed) expect(state).toBe('closing');
    const states = (await listResources(registry.pool, intent.tenantId)).map(({ kind, state }) => [kind, state]);
    expect(Object.fromEntries(states)).toMatchObject({
      elsewhere: 'intended',
      'kind-3': 'absent',
      'kind-0': 'closing',
    });
  });

  describe.each([
    ['absent', (row: LedgerRow) => markAbsent(registry.pool, row.resourceId), {}],
    [
      'scheduled_for_deletion',
      (row: LedgerRow) => markScheduledForDeletion(registry.pool, row.resourceId, { on: 'Monday' }),
      { on: 'Monday' },
    ],
  ] as const)('%s', (state, mark, facts) => {
    test('is recorded for a closing row that is no longer in flight', async () => {
      const row = await rowIn('closing');
      await registry.pool.query(`update resource set facts = '{"made": true}' where resource_id = $1`, [
        row.resourceId,
      ]);
      await recordResourceError(registry.pool, row.resourceId, 'an error of before');
      await endInFlight(registry.pool, row.resourceId, new Date(Date.now() - 1_000));
      expect(await mark(row)).toBe(0);
      expect(await read(row)).toMatchObject({ state, facts: { made: true, ...facts }, lastError: null });
    });

    test('is not recorded while a request may take effect: the remaining time is returned', async () => {
      const row = await rowIn('closing');
      await endInFlight(registry.pool, row.resourceId, later(30_000));
      const left = await mark(row);
      expect(left).toBeGreaterThan(20_000);
      expect(left).toBeLessThan(31_000);
      expect(await read(row)).toMatchObject({ state: 'closing', facts: {} });
    });

    test('is not recorded for a row that is not closing, and there is nothing to wait for', async () => {
      for (const other of ['present', 'accepted'] as const) {
        const row = await rowIn(other);
        await registry.pool.query(
          `update resource set in_flight_until = now() + interval '1 hour' where resource_id = $1`,
          [row.resourceId],
        );
        expect(await mark(row)).toBe(0);
        expect(await read(row)).toMatchObject({ state: other });
      }
    });
  });

  test('leftovers of an operation are the rows that were not released, oldest first', async () => {
    const intent = await newIntent();
    for (const kind of ALL) {
      await intend(registry.pool, { ...intent, kind });
      await registry.pool.query(`update resource set state = $2 where tenant_id = $1 and kind = $2`, [
        intent.tenantId,
        kind,
      ]);
    }
    const kinds = (rows: LedgerRow[]): string[] => rows.map(({ kind }) => kind);
    const left = ['tenant-key', 'intended', 'present', 'closing'];
    expect(kinds(await listUnreleased(registry.pool, intent.operationId))).toEqual(left);
    expect(kinds(await listResources(registry.pool, intent.tenantId))).toEqual(['tenant-key', ...ALL]);
    expect(await listUnreleased(registry.pool, (await newIntent()).operationId)).toHaveLength(1);
  });

  test('the newest error of a resource is kept', async () => {
    const row = await rowIn('closing');
    for (const message of ['first', 'second']) await recordResourceError(registry.pool, row.resourceId, message);
    expect((await read(row)).lastError).toBe('second');
  });
});
