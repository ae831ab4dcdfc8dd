import { randomUUID } from 'node:crypto';
import { issueClaim } from '../../../registry/credentials/claim-tokens';
import { storeApiKeys } from '../../../registry/credentials/api-keys';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { recordOutcome } from '../../../registry/operations/transitions';
import { listTenants, readTenant } from '../../../registry/views/tenants';
import { listResources } from '../../../registry/ledger/ledger';
import { announceRemoval } from '../../../registry/tenants/removals';
import { acceptTenant, activeTenant } from '../../helpers/tenants/accepted';
import { eventsAbout } from '../../helpers/events/events';
import { acceptRemoval, addRow, passPivot } from '../../helpers/tenants/removal';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the removal of tenants: not run, this machine has no PostgreSQL');

const FAILURE = { type: 'Cancelled', message: 'Cancelled.', step: 'grace' } as const;

suite('the removal of a tenant', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const record = (operationId: string, status: Parameters<typeof recordOutcome>[1]['status']) =>
    recordOutcome(registry.pool, { operationId, status, failure: FAILURE });
  const one = async <Row extends object>(sql: string, id: string): Promise<Row> =>
    (await registry.pool.query<Row>(sql, [id])).rows[0]!;
  const stateOf = async (tenantId: string): Promise<string> =>
    (await one<{ state: string }>('select state from tenant where tenant_id = $1', tenantId)).state;

  test('makes the tenant leaving in the moment of its acceptance, and says so', async () => {
    const { tenantId } = await activeTenant(registry);
    await acceptRemoval(registry, tenantId);
    expect(await stateOf(tenantId)).toBe('leaving');
    expect(await eventsAbout(registry.pool, tenantId)).toContainEqual([
      'tenant.state',
      { from: 'active', state: 'leaving' },
    ]);
  });

  test.each(['active', 'suspended'] as const)(
    'gives an %s tenant back its state when it is called off',
    async (state) => {
      const { tenantId } = await activeTenant(registry);
      await registry.pool.query('update tenant set state = $2 where tenant_id = $1', [tenantId, state]);
      const operationId = await acceptRemoval(registry, tenantId);
      for (const status of ['running', 'grace', 'compensating', 'cancelled'] as const)
        expect(await record(operationId, status)).toBe('committed');
      expect(await stateOf(tenantId)).toBe(state);
      expect((await eventsAbout(registry.pool, tenantId)).filter(([type]) => type === 'tenant.state').at(-1)).toEqual([
        'tenant.state',
        { from: 'leaving', state },
      ]);
      expect(await acceptRemoval(registry, tenantId)).not.toBe(operationId);
    },
  );

  test('gives the state back also when an operator has accepted what could not be opened again', async () => {
    const { tenantId } = await activeTenant(registry);
    const operationId = await acceptRemoval(registry, tenantId);
    for (const status of ['running', 'compensating', 'needs_operator'] as const) await record(operationId, status);
    expect(await stateOf(tenantId)).toBe('leaving');
    expect(await record(operationId, 'removing')).toBe('refused');
    expect(await record(operationId, 'failed')).toBe('committed');
    expect(await stateOf(tenantId)).toBe('active');
  });

  test('only goes forward after the pivot, whatever a stale run reports', async () => {
    const { tenantId } = await activeTenant(registry);
    const operationId = await acceptRemoval(registry, tenantId);
    await passPivot(registry, operationId);
    expect(await record(operationId, 'compensating')).toBe('refused');
    expect(await record(operationId, 'needs_operator')).toBe('committed');
    for (const status of ['compensating', 'cancelled', 'failed'] as const)
      expect(await record(operationId, status)).toBe('refused');
    expect(await record(operationId, 'removing')).toBe('committed');
    const row = await one<object>(
      'select failure, pivot_at is not null as past from operation where operation_id = $1',
      operationId,
    );
    expect(row).toEqual({ failure: null, past: true });
    expect(await stateOf(tenantId)).toBe('leaving');
  });

  test('frees the name, and nothing that names the customer is left in any table', async () => {
    const { tenantId, operationId: provisioning, order } = await activeTenant(registry);
    await registry.pool.query(`update operation set custom_domain = 'shop.quarry.example' where operation_id = $1`, [
      provisioning,
    ]);
    await issueClaim(registry.pool, tenantId, 'a-claim-token-of-a-tenant');
    await storeApiKeys(registry.pool, tenantId, [{ name: 'default', key: 'tk_0', scopes: [] }]);
    const operationId = await acceptRemoval(registry, tenantId);
    await passPivot(registry, operationId);
    await destroyTenantKey(registry.pool, tenantId);
    expect(await record(operationId, 'completed')).toBe('committed');
    expect(await readTenant(registry.pool, tenantId)).toMatchObject({ state: 'gone', tenantName: `gone-${tenantId}` });
    const tables = await registry.pool.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await registry.pool.query(`select to_jsonb(t)::text as text from ${name} t`);
      for (const { text } of rows as { text: string }[])
        for (const word of [order.tenantName, 'shop.quarry.example', order.adminUser.email])
          expect([name, text.includes(word)]).toEqual([name, false]);
    }
    for (const table of ['claim', 'secret', 'api_key', 'configuration'])
      expect(await one(`select count(*)::int as count from ${table} where tenant_id = $1`, tenantId)).toEqual({
        count: 0,
      });
    await acceptTenant(registry, { tenantName: order.tenantName });
  });

  test('keeps the name, and what looks like it, if that was asked for', async () => {
    const { tenantId, order } = await activeTenant(registry);
    const operationId = await acceptRemoval(registry, tenantId, { keepName: true });
    await passPivot(registry, operationId);
    await record(operationId, 'completed');
    expect(await readTenant(registry.pool, tenantId)).toMatchObject({ state: 'gone', tenantName: order.tenantName });
    await expect(acceptTenant(registry, { tenantName: order.tenantName })).rejects.toThrow('name-taken');
  });

  test('shows its date while the tenant is leaving; the first one stands', async () => {
    const { tenantId } = await activeTenant(registry);
    const operationId = await acceptRemoval(registry, tenantId);
    expect(await readTenant(registry.pool, tenantId)).not.toHaveProperty('removalAt');
    const { items } = await listTenants(registry.pool, { limit: 100 });
    const listed = items.find((item) => item.tenantId === tenantId);
    expect(listed).toMatchObject({ state: 'leaving', access: 'closed', removal: { operationId } });
    const date = await announceRemoval(registry.pool, operationId, 86_400);
    expect(await announceRemoval(registry.pool, operationId, 5)).toEqual(date);
    expect(await readTenant(registry.pool, tenantId)).toMatchObject({ removalAt: date!.toISOString() });
    await record(operationId, 'compensating');
    await record(operationId, 'cancelled');
    const again = await readTenant(registry.pool, tenantId);
    expect(again).not.toHaveProperty('removalAt');
    expect(again).not.toHaveProperty('removal');
  });

  test('is possible for a tenant whose key was destroyed, but not with words that nothing could encrypt', async () => {
    const { tenantId } = await activeTenant(registry);
    await destroyTenantKey(registry.pool, tenantId);
    const request = {
      kind: 'deprovision',
      tenantId,
      caller: 'token:offboarding',
      requestHash: Buffer.from('x'),
      parameters: {},
    } as const;
    await expect(acceptChange(registry.pool, registry.keys, { ...request, message: 'for good' })).rejects.toThrow(
      'destroyed',
    );
    expect(await acceptChange(registry.pool, registry.keys, request)).toMatchObject({ outcome: 'accepted' });
  });

  test('an operator takes over what is left, whatever operation has made it, and only what was named', async () => {
    const { tenantId, operationId: provisioning } = await activeTenant(registry);
    const operationId = await acceptRemoval(registry, tenantId);
    for (const kind of ['bucket', 'share'])
      await addRow(registry, { tenantId, operationId: provisioning, step: 'database', kind, state: 'closing' });
    await passPivot(registry, operationId);
    await record(operationId, 'needs_operator');
    const resolutionId = randomUUID();
    const details = { requestedBy: 'token:operator', verified: true, idempotencyKey: null, requestHash: null };
    const leftovers = [{ kind: 'bucket', id: `bucket-${tenantId}` }];
    await requestResolution(registry.pool, {
      ...{
        resolutionId,
        operationId,
        verb: 'accept',
        reason: 'kept for the auditors',
        orderCiphertext: null,
        leftovers,
      },
      ...details,
    });
    await takeResolution(registry.pool, { operationId, resolutionId, verb: 'accept', steps: [] });
    const states = (await listResources(registry.pool, tenantId)).map(({ kind, state }) => [kind, state]);
    expect(states).toEqual(
      expect.arrayContaining([
        ['bucket', 'accepted'],
        ['share', 'closing'],
      ]),
    );
  });
});
