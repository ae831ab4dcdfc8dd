import type { NewEvent } from '../../../contract/events/events';
import type { Labels } from '../../../contract/metrics/catalogue';
import { countEvents } from '../../../registry/metrics/observe';
import { readSeries, type StoredSeries } from '../../../registry/metrics/series';
import { takeTurn } from '../../../registry/metrics/snapshot';
import { startApiHarness, type ApiHarness, type Client } from '../../helpers/api';
import { commitEvents } from '../../helpers/events/events';
import { placeOrder, type Ordered } from '../../helpers/tenants/operations';
import { hasPostgres } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('metrics of events: not run, this machine has no PostgreSQL');

type Told = NewEvent extends infer Event
  ? Event extends { type: infer T; data: infer D }
    ? { type: T; data: D }
    : never
  : never;

suite('metrics of events', () => {
  let api: ApiHarness;
  let orderer: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
  });
  beforeEach(async () => {
    await countEvents(api.registry.pool);
    await api.registry.pool.query('delete from metric_series');
  });
  afterAll(() => api.stop());

  /** An order, accepted at second 0, with these events at their seconds. */
  async function orderWith(events: [number, Told][]): Promise<Ordered> {
    const ordered = await placeOrder(orderer, { region: 'eu-central' });
    const { operationId, tenantId } = ordered;
    const { pool } = api.registry;
    await commitEvents(pool, ...events.map(([, event]) => ({ ...event, operationId, tenantId })));
    await pool.query(
      `update event set at = timestamptz '2026-01-01T00:00Z' + make_interval(secs => ($2::float8[])[place]) from (
         select event_id, row_number() over (order by event_id) as place from event where operation_id = $1 and type <> 'tenant.state') as told
       where told.event_id = event.event_id`,
      [operationId, [0, ...events.map(([second]) => second)]],
    );
    await countEvents(pool);
    return ordered;
  }

  const series = async (metric: string, labels: Labels = {}): Promise<StoredSeries[]> =>
    (await readSeries(api.registry.pool)).filter(
      (each) => each.metric === metric && Object.entries(labels).every(([name, value]) => each.labels[name] === value),
    );
  const moved = (from: string, status: string, more: object = {}): Told =>
    ({ type: 'operation.status', data: { from, status, ...more } }) as Told;

  const APPROVED: [number, Told][] = [
    [1, moved('pending', 'validating')],
    [2, moved('validating', 'awaiting_approval')],
    [602, moved('awaiting_approval', 'provisioning')],
    [632, moved('provisioning', 'active')],
  ];

  test('time in which an operation waits for a person counts as duration, but not as work', async () => {
    await orderWith(APPROVED);
    const [duration] = await series('provisioner_operation_duration_seconds');
    expect(duration).toMatchObject({
      labels: { kind: 'provision', plan: 'starter', outcome: 'succeeded' },
      total: 1,
      sum: 632,
    });
    expect(await series('provisioner_operation_work_seconds')).toMatchObject([{ total: 1, sum: 32 }]);
    expect(await series('provisioner_operation_status_seconds', { status: 'awaiting_approval' })).toMatchObject([
      { total: 1, sum: 600 },
    ]);
    expect(await series('provisioner_operations_accepted_total')).toMatchObject([{ total: 1 }]);
  });

  test('an operation that fails counts as failed, or as refused if the order was wrong', async () => {
    const failing = (failure: string): [number, Told][] => [
      [5, moved('pending', 'compensating', { failure, step: 'database' })],
      [9, moved('compensating', 'failed', { failure, step: 'database' })],
    ];
    await orderWith(failing('ProviderRefused'));
    await orderWith(failing('CustomizationInvalid'));
    const ended = await series('provisioner_operations_ended_total');
    expect(ended.map(({ labels: { outcome }, total }) => [outcome, total])).toEqual([
      ['failed', 1],
      ['refused', 1],
    ]);
    expect(await series('provisioner_operation_work_seconds')).toEqual([]);
    expect(await series('provisioner_operation_failures_total', { failure: 'ProviderRefused' })).toMatchObject([
      { labels: { step: 'database' }, total: 1 },
    ]);
    expect(await series('provisioner_operation_status_seconds', { status: 'compensating' })).toMatchObject([
      { total: 2, sum: 8 },
    ]);
  });

  test('a step counts with all its attempts, and each failed attempt by its type', async () => {
    const step = 'identity' as const;
    const attempt = { step, activityId: '7', attempt: 1, direction: 'forward' } as const;
    await orderWith([
      [10, { type: 'step.state', data: { step, state: 'running' } }],
      [12, { type: 'step.attempt', data: { ...attempt, state: 'failed', failure: 'ProviderUnavailable' } }],
      [13, { type: 'step.attempt', data: { ...attempt, attempt: 2, state: 'begun' } }],
      [17, { type: 'step.state', data: { step, state: 'done' } }],
    ]);
    expect(await series('provisioner_step_duration_seconds')).toMatchObject([
      { labels: { step, outcome: 'done', plan: 'starter' }, total: 1, sum: 7 },
    ]);
    expect(await series('provisioner_step_failures_total')).toMatchObject([
      { labels: { step, direction: 'forward', failure: 'ProviderUnavailable' }, total: 1 },
    ]);
  });

  test('each event is counted once, however many processes count', async () => {
    const { pool } = api.registry;
    await Promise.all([1, 2, 3].map(() => placeOrder(orderer)));
    await Promise.all(Array.from({ length: 6 }, () => countEvents(pool)));
    await countEvents(pool);
    expect(await series('provisioner_operations_accepted_total')).toMatchObject([{ total: 3 }]);
  });

  test('a value is in the bucket of the first bound that is not below it', async () => {
    await orderWith(APPROVED);
    await orderWith(APPROVED);
    const [{ bounds, counts }] = (await series('provisioner_operation_work_seconds')) as [StoredSeries];
    expect(counts).toHaveLength(bounds.length + 1);
    expect(counts[bounds.indexOf(60)]).toBe(2);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });

  test('a histogram whose buckets had other bounds in an earlier version begins again', async () => {
    await orderWith(APPROVED);
    await api.registry.pool.query(
      `update metric_series set bounds = '{1}', counts = '{5,6}', total = 11 where metric = 'provisioner_operation_work_seconds'`,
    );
    await orderWith(APPROVED);
    const [work] = await series('provisioner_operation_work_seconds');
    expect(work).toMatchObject({ total: 1, sum: 32 });
    expect(work!.counts.reduce((sum, count) => sum + count)).toBe(1);
  });

  test('an operation that is older than the log is counted, but not its duration', async () => {
    const { operationId, tenantId } = await placeOrder(orderer);
    await countEvents(api.registry.pool);
    await api.registry.pool.query(`delete from event where operation_id = $1`, [operationId]);
    const ended = moved('provisioning', 'active');
    await commitEvents(api.registry.pool, { ...ended, operationId, tenantId });
    await countEvents(api.registry.pool);
    expect(await series('provisioner_operations_ended_total')).toMatchObject([{ total: 1 }]);
    expect(await series('provisioner_operation_duration_seconds')).toEqual([]);
    expect(await series('provisioner_operation_status_seconds')).toEqual([]);
  });

  test('an event of an operation that is not known is passed over', async () => {
    await commitEvents(api.registry.pool, {
      type: 'operation.status',
      operationId: 'op_unknown',
      data: { from: 'pending', status: 'failed' },
    });
    await countEvents(api.registry.pool);
    expect(await readSeries(api.registry.pool)).toEqual([]);
  });

  test('of all processes, one gets the turn to compute the gauges', async () => {
    const { pool } = api.registry;
    await pool.query(`update registry_figures set due_at = now()`);
    const turns = await Promise.all(Array.from({ length: 5 }, () => takeTurn(pool)));
    expect(turns.filter(({ mine }) => mine)).toHaveLength(1);
    // The others' transactions may have begun a little before the one that took the turn.
    for (const { waitMs } of turns) expect(waitMs).toBeLessThan(16_000);
    expect((await takeTurn(pool)).mine).toBe(false);
  });
});
