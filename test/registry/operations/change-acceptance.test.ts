import { randomBytes, randomUUID } from 'node:crypto';
import { destroyTenantKey, tenantCipher, TenantKeyDestroyed } from '../../../registry/keys/tenant-keys';
import { acceptChange, type ChangeOutcome, type ChangeRequest } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { eventsAbout } from '../../helpers/events/events';
import { untilBlocked } from '../../helpers/locks';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { acceptTenant, activeTenant } from '../../helpers/tenants/accepted';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the acceptance of changes: not run, this machine has no PostgreSQL');

const HASH = Buffer.alloc(32, 1);

suite('the acceptance of a change of a tenant', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const accept = (tenantId: string, more: Partial<ChangeRequest> = {}): Promise<ChangeOutcome> =>
    acceptChange(registry.pool, registry.keys, {
      ...{ kind: 'suspend', tenantId, caller: 'token:operator', requestHash: HASH, parameters: { access: 'closed' } },
      ...more,
    });
  const idOf = (outcome: ChangeOutcome): string => {
    if (outcome.outcome === 'accepted') return outcome.run.operationId;
    if (outcome.outcome === 'repeated') return outcome.operationId;
    throw new Error(outcome.outcome);
  };
  const tenant = async (): Promise<string> => (await activeTenant(registry)).tenantId;
  const row = async <Row extends object>(sql: string, id: string): Promise<Row> =>
    (await registry.pool.query<Row>(sql, [id])).rows[0]!;
  const end = (operationId: string) =>
    recordOutcome(registry.pool, { operationId, status: 'running' }).then(() =>
      recordOutcome(registry.pool, { operationId, status: 'completed' }),
    );

  test('stores who asks for what, their words encrypted, and tells of it in events and in the trail', async () => {
    const tenantId = await tenant();
    const outcome = await accept(tenantId, { message: 'Unpaid since May.' });
    expect(outcome).toMatchObject({
      outcome: 'accepted',
      run: { kind: 'suspend', tenantId, plan: 'starter', parameters: { access: 'closed' } },
    });
    const operationId = idOf(outcome);
    const stored = await row<{ sealed: Buffer }>(
      `select kind, status, caller, idempotency_key as key, request_hash as hash, order_ciphertext as sealed
       from operation where operation_id = $1`,
      operationId,
    );
    expect(stored).toMatchObject({
      ...{ kind: 'suspend', status: 'pending', caller: 'token:operator', key: null, hash: HASH },
    });
    const cipher = await tenantCipher(registry.pool, registry.keys, tenantId);
    expect(JSON.parse(cipher.open('order', stored.sealed))).toEqual({ message: 'Unpaid since May.' });
    expect(stored.sealed.toString('latin1')).not.toContain('Unpaid');
    const told = await registry.pool.query(`select type, data from event where operation_id = $1`, [operationId]);
    expect(told.rows).toEqual([{ type: 'operation.status', data: { status: 'pending' } }]);
    const audited = `select tenant_id as "tenantId", actor, action, detail from audit_entry where operation_id = $1`;
    expect(await row(audited, operationId)).toEqual({
      ...{ tenantId, actor: 'token:operator', action: 'suspend.requested', detail: { access: 'closed' } },
    });
  });

  test('changes the tenant’s state at once only for a removal, which remembers the one from before', async () => {
    const [kept, leaving] = [await tenant(), await tenant()];
    await accept(kept);
    await accept(leaving, { kind: 'deprovision' });
    const state = 'select state, returns_to as "returnsTo" from tenant where tenant_id = $1';
    expect(await row(state, kept)).toEqual({ state: 'active', returnsTo: null });
    expect(await row(state, leaving)).toEqual({ state: 'leaving', returnsTo: 'active' });
    const about = async (tenantId: string) =>
      (await eventsAbout(registry.pool, tenantId)).filter(([type, data]) => type === 'tenant.state' && 'from' in data);
    expect(await about(leaving)).toContainEqual(['tenant.state', { from: 'active', state: 'leaving' }]);
    expect(await about(kept)).not.toContainEqual(['tenant.state', expect.objectContaining({ from: 'active' })]);
  });

  test('is refused for a tenant that is not there, is not in a state for it, or has an open operation', async () => {
    expect(await accept('nobody')).toEqual({ outcome: 'no-tenant' });
    const tenantId = await tenant();
    expect(await accept(tenantId, { kind: 'resume' })).toEqual({ outcome: 'not-now', state: 'active' });
    const operationId = idOf(await accept(tenantId));
    expect(await accept(tenantId, { kind: 'reconcile' })).toEqual({
      ...{ outcome: 'busy', operationId, kind: 'suspend', status: 'pending' },
    });
    await end(operationId);
    expect(await accept(tenantId)).toEqual({ outcome: 'not-now', state: 'suspended' });
    expect(await accept(tenantId, { kind: 'resume' })).toMatchObject({ outcome: 'accepted' });
    const ordered = await acceptTenant(registry);
    expect(await accept(ordered.tenantId)).toMatchObject({ outcome: 'busy', kind: 'provision' });
  });

  test('of identical requests happens once, however many arrive at once, also after the operation has ended', async () => {
    const tenantId = await tenant();
    const idempotencyKey = randomUUID();
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => accept(tenantId, { idempotencyKey })));
    expect(new Set(outcomes.map(idOf)).size).toBe(1);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', ...Array<string>(4).fill('repeated')]);
    const operationId = idOf(outcomes[0]!);
    await end(operationId);
    expect(await accept(tenantId, { idempotencyKey })).toEqual({
      ...{ outcome: 'repeated', operationId, tenantId, status: 'completed' },
    });
    expect(await accept(tenantId, { idempotencyKey, requestHash: randomBytes(32) })).toEqual({ outcome: 'key-reused' });
    expect(await accept('nobody', { idempotencyKey, requestHash: randomBytes(32) })).toEqual({ outcome: 'key-reused' });
  });

  test('of different requests at once accepts one, and says of the others which operation is open', async () => {
    const tenantId = await tenant();
    const outcomes = await Promise.all([1, 2, 3].map(() => accept(tenantId, { requestHash: randomBytes(32) })));
    const operationId = idOf(outcomes.find(({ outcome }) => outcome === 'accepted')!);
    const others = outcomes.filter(({ outcome }) => outcome !== 'accepted');
    expect(others).toEqual([1, 2].map(() => ({ outcome: 'busy', operationId, kind: 'suspend', status: 'pending' })));
  });

  test('waits for a request with the same key for another tenant, and is then refused', async () => {
    const idempotencyKey = randomUUID();
    const other = idOf(await accept(await tenant()));
    const client = await registry.pool.connect();
    try {
      await client.query('begin');
      // Stands for another process that has not committed yet: the first look-up finds nothing, and the index makes us wait.
      await client.query(`update operation set idempotency_key = $2 where operation_id = $1`, [other, idempotencyKey]);
      const second = accept(await tenant(), { idempotencyKey, requestHash: randomBytes(32) });
      await untilBlocked(registry.pool);
      await client.query('commit');
      expect(await second).toEqual({ outcome: 'key-reused' });
    } finally {
      client.release();
    }
  });

  test('includes what belongs to it, which can refuse it: then nothing was stored', async () => {
    const tenantId = await tenant();
    const refused = accept(tenantId, {
      alongside: async (client, operationId) => {
        const { rowCount } = await client.query('select from operation where operation_id = $1', [operationId]);
        throw new Error(`refused with ${rowCount} operation`);
      },
    });
    await expect(refused).rejects.toThrow('refused with 1 operation');
    const count = 'select count(*)::int as count from operation where tenant_id = $1';
    expect(await row(count, tenantId)).toEqual({ count: 1 });
  });

  test('without the tenant’s key, only a removal without words is possible', async () => {
    const tenantId = await tenant();
    await destroyTenantKey(registry.pool, tenantId);
    await expect(accept(tenantId)).rejects.toBeInstanceOf(TenantKeyDestroyed);
    await expect(accept(tenantId, { kind: 'deprovision', message: 'Bye.' })).rejects.toBeInstanceOf(TenantKeyDestroyed);
    const operationId = idOf(await accept(tenantId, { kind: 'deprovision' }));
    const sealed = 'select order_ciphertext as sealed from operation where operation_id = $1';
    expect(await row(sealed, operationId)).toEqual({ sealed: Buffer.alloc(0) });
  });
});
