import { randomUUID } from 'node:crypto';
import {
  closeApproval,
  findDecision,
  recordDecision,
  type ApprovalDecision,
} from '../../../registry/operations/approvals';
import { transaction } from '../../../registry/database';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('approvals in the registry: not run, this machine has no PostgreSQL');

suite('a decision on an order', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry?.drop());

  /** An operation that waits for a decision, with this many seconds left. */
  async function waiting(seconds: number): Promise<string> {
    const { operationId } = await acceptTenant(registry);
    await registry.pool.query(
      `update operation set status = 'awaiting_approval', approval_state = 'waiting',
         approval_deadline = now() + make_interval(secs => $2) where operation_id = $1`,
      [operationId, seconds],
    );
    return operationId;
  }

  const decide = (operationId: string, more: Partial<ApprovalDecision> = {}): ReturnType<typeof recordDecision> =>
    recordDecision(registry.pool, registry.keys, {
      decisionId: randomUUID(),
      operationId,
      decision: 'approve',
      comment: '',
      decidedBy: 'token:approver',
      verified: true,
      ...more,
    });

  test('before the deadline counts when the run asks at the deadline', async () => {
    const operationId = await waiting(60);
    const decision = await decide(operationId);
    expect(await closeApproval(registry.pool, registry.keys, operationId)).toEqual(decision);
    expect(decision).toMatchObject({ decision: 'approve', decidedBy: 'token:approver' });
  });

  test('after the deadline is refused, even before the run has noticed', async () => {
    const operationId = await waiting(-1);
    expect(await decide(operationId)).toBe('expired');
    expect(await findDecision(registry.pool, registry.keys, operationId)).toBeUndefined();
  });

  test('is refused once the run has found none at the deadline, whatever the clocks say', async () => {
    const operationId = await waiting(60);
    expect(await closeApproval(registry.pool, registry.keys, operationId)).toBeUndefined();
    expect(await decide(operationId)).toBe('expired');
    // Repeated, as after a lost answer.
    expect(await closeApproval(registry.pool, registry.keys, operationId)).toBeUndefined();
  });

  test('that the run received itself counts, however late it is recorded', async () => {
    const operationId = await waiting(-1);
    expect(await decide(operationId, { verified: false })).toMatchObject({ decision: 'approve', verified: false });
  });

  test('is refused once the operation no longer waits for one', async () => {
    const operationId = await waiting(60);
    await registry.pool.query(`update operation set status = 'compensating' where operation_id = $1`, [operationId]);
    expect(await decide(operationId)).toBe('not-waiting');
  });

  test('that is still being written when the run asks at the deadline is waited for, and counts', async () => {
    const operationId = await waiting(60);
    let closed: Promise<ApprovalDecision | undefined>;
    await transaction(registry.pool, async (client) => {
      await client.query(`select from operation where operation_id = $1 for update`, [operationId]);
      closed = closeApproval(registry.pool, registry.keys, operationId);
      await untilOneWaits();
      await client.query(
        `insert into approval_decision (decision_id, operation_id, decision, decided_by, verified)
         values ('slow', $1, 'reject', 'token:approver', true)`,
        [operationId],
      );
    });
    expect(await closed!).toMatchObject({ decisionId: 'slow', decision: 'reject' });
  });

  test('and a simultaneous deadline agree: a decision counts if and only if it was accepted', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const operationId = await waiting(60);
        const [decided, standing] = await (n % 2
          ? Promise.all([decide(operationId), closeApproval(registry.pool, registry.keys, operationId)])
          : Promise.all([closeApproval(registry.pool, registry.keys, operationId), decide(operationId)]).then(
              ([a, b]) => [b, a],
            ));
        return decided === 'expired' ? standing === undefined : JSON.stringify(decided) === JSON.stringify(standing);
      }),
    );
    expect(outcomes).toEqual(Array.from({ length: 20 }, () => true));
  });

  /** Resolves once a statement on this registry waits for a lock. */
  async function untilOneWaits(): Promise<void> {
    const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await registry.pool.query(sql)).rows.length === 0) await new Promise((next) => setTimeout(next, 10));
  }
});
