import { stepsOf } from '../../../contract/operations/kinds';
import type { Step } from '../../../contract/operations/steps';
import { readPastRuns } from '../../../registry/views/durations';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('durations of earlier operations: not run, this machine has no PostgreSQL');

suite('durations of earlier operations', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.drop());
  beforeEach(() => registry.asOwner('truncate tenant, operation, step_event, resolution, approval_decision cascade'));

  /** A provisioning whose steps each took `seconds`, one level after the other, and which ended so many days ago. */
  async function ran({ seconds = 2, region = 'eu-central', days = 1, status = 'active' } = {}): Promise<string> {
    const { operationId } = await acceptTenant(registry);
    await registry.pool.query(
      `update operation set status = $2, region = $3, created_at = now() - make_interval(days => $4),
         completed_at = now() - make_interval(days => $4) + make_interval(secs => 6 * $5::float8) where operation_id = $1`,
      [operationId, status, region, days, seconds],
    );
    const levels: Partial<Record<Step, number>> = {
      validate: 0,
      reserve: 1,
      security: 3,
      identity: 3,
      integrations: 3,
      verify: 4,
      finalize: 5,
    };
    for (const step of stepsOf('provision'))
      await registry.pool.query(
        `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at, ended_at)
         select operation_id, $2, 1, $2, 'forward', created_at + make_interval(secs => $3::int * $4::float8),
           created_at + make_interval(secs => ($3::int + 1) * $4::float8) from operation where operation_id = $1`,
        [operationId, step, levels[step] ?? 2, seconds],
      );
    return operationId;
  }

  const past = (region: string | null = 'eu-central') =>
    readPastRuns(registry.pool, { kind: 'provision', plan: 'starter', region });

  test('each step counts from the end of the level before it', async () => {
    await ran({ seconds: 2 });
    expect(await past()).toEqual([Object.fromEntries(stepsOf('provision').map((step) => [step, 2]))]);
  });

  test('only successful operations of the last 30 days count, newest first', async () => {
    await ran({ seconds: 1, days: 2 });
    await ran({ seconds: 3, days: 1 });
    await ran({ days: 31 });
    await ran({ status: 'failed' });
    await ran({ status: 'provisioning' });
    expect((await past()).map(({ verify }) => verify)).toEqual([3, 1]);
  });

  test('operations of other regions count only when all regions are asked for', async () => {
    await ran({ region: 'us-east' });
    expect(await past()).toHaveLength(0);
    expect(await past(null)).toHaveLength(1);
  });

  test('an operation in which an operator has intervened is left out', async () => {
    const operationId = await ran();
    await registry.pool.query(
      `insert into resolution (resolution_id, operation_id, verb, requested_by, verified) values ('r', $1, 'retry', 'token:operator', true)`,
      [operationId],
    );
    expect(await past()).toEqual([]);
  });

  test('time before an approval does not count', async () => {
    const operationId = await ran({ seconds: 10 });
    await registry.pool.query(
      `insert into approval_decision (decision_id, operation_id, decision, decided_by, verified, decided_at)
       select 'd', operation_id, 'approve', 'token:approver', true, created_at + interval '7 seconds'
       from operation where operation_id = $1`,
      [operationId],
    );
    expect((await past())[0]).toMatchObject({ validate: 3, reserve: 10 });
  });

  test('an operation with a step of which nothing was recorded is left out', async () => {
    const operationId = await ran();
    await registry.pool.query(`delete from step_event where operation_id = $1 and step = 'database'`, [operationId]);
    expect(await past()).toEqual([]);
  });

  test('the newest operations are found through an index', async () => {
    await registry.pool.query('analyze operation');
    const client = await registry.pool.connect();
    try {
      await client.query('set enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select from operation where kind = 'provision' and plan = 'starter' and region = 'eu-central'
           and status in ('active', 'completed') and completed_at > now() - interval '30 days'
         order by completed_at desc limit 200`,
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('operation_recent_in_region');
    } finally {
      await client.query('reset enable_seqscan');
      client.release();
    }
  });
});
