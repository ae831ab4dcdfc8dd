import { recordPayment } from '../../../registry/billing/arrears';
import { transaction } from '../../../registry/database';
import { findOperation } from '../../../registry/views/operations';
import { listTenants, readTenant } from '../../../registry/views/tenants';
import { activeTenant, changed } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('views of tenants: not run, this machine has no PostgreSQL');

suite('the view of a tenant', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const suspend = { kind: 'suspend', parameters: { access: 'read-only', reason: 'non_payment' } } as const;
  const resume = { kind: 'resume', parameters: { access: 'open' } } as const;

  test('shows why it is suspended, alone and in a list, and nothing of it once it is resumed', async () => {
    const { tenantId } = await activeTenant(registry);
    const seen = async () => {
      const one = await readTenant(registry.pool, tenantId);
      const { items } = await listTenants(registry.pool, { limit: 100 });
      const listed = items.find((item) => item.tenantId === tenantId);
      expect(listed).toMatchObject({ access: one!.access, state: one!.state });
      expect(listed?.suspension).toEqual(one?.suspension);
      return { access: one!.access, suspension: one!.suspension };
    };
    expect(await seen()).toEqual({ access: 'open', suspension: undefined });

    const first = await changed(registry, tenantId, suspend, 'running', 'completed');
    const since = (await readTenant(registry.pool, tenantId))!.stateSince;
    expect(await seen()).toEqual({
      access: 'read-only',
      suspension: { reason: 'non_payment', since, operationId: first },
    });

    await changed(registry, tenantId, resume, 'running', 'completed');
    expect(await seen()).toEqual({ access: 'open', suspension: undefined });

    const closed = { ...suspend, parameters: { access: 'closed', reason: 'abuse' } } as const;
    const second = await changed(registry, tenantId, closed, 'running', 'completed');
    expect((await findOperation(registry.pool, second))?.reason).toBe('abuse');
    expect(await seen()).toMatchObject({ access: 'closed', suspension: { reason: 'abuse', operationId: second } });
  });

  test('shows what may begin now, and instead the operation that is open', async () => {
    const { tenantId } = await activeTenant(registry);
    expect(await readTenant(registry.pool, tenantId)).toMatchObject({
      verbs: ['suspend', 'deprovision', 'configure-sso', 'connect-domain', 'reconcile'],
    });
    const operationId = await changed(registry, tenantId, suspend, 'running');
    const { items } = await listTenants(registry.pool, { limit: 100 });
    expect(items.find((item) => item.tenantId === tenantId)).toMatchObject({
      openOperation: { operationId, kind: 'suspend', status: 'running' },
      verbs: [],
    });
    const { tenantId: other } = await activeTenant(registry);
    await changed(registry, other, suspend, 'running', 'completed');
    const suspended = await readTenant(registry.pool, other);
    expect([suspended?.verbs, suspended?.openOperation]).toEqual([['resume', 'deprovision', 'reconcile'], undefined]);
  });

  test('shows that an invoice is not paid, alone and in a list, until it is', async () => {
    const { tenantId } = await activeTenant(registry);
    const report = async (unpaid: { invoiceId: string; actionRequired: boolean } | undefined) => {
      const said = { tenantId, invoiceId: 'in_first', payment: undefined, unpaid, occurredAt: new Date('2026-11-01') };
      await transaction(registry.pool, (client) => recordPayment(client, said));
      const { items } = await listTenants(registry.pool, { limit: 100 });
      const one = await readTenant(registry.pool, tenantId);
      expect(items.find((item) => item.tenantId === tenantId)?.arrears).toEqual(one?.arrears);
      return one?.arrears;
    };
    expect(await report({ invoiceId: 'in_first', actionRequired: true })).toEqual({
      since: '2026-11-01T00:00:00.000Z',
      actionRequired: true,
    });
    expect(await report(undefined)).toBeUndefined();
  });

  test('shows no suspension that was undone', async () => {
    const { tenantId } = await activeTenant(registry);
    await changed(registry, tenantId, suspend, 'running', 'compensating', 'failed');
    const tenant = await readTenant(registry.pool, tenantId);
    expect([tenant?.state, tenant?.access, tenant?.suspension]).toEqual(['active', 'open', undefined]);
  });

  test('keeps the suspension while the tenant is being resumed', async () => {
    const { tenantId } = await activeTenant(registry);
    const operationId = await changed(registry, tenantId, suspend, 'running', 'completed');
    await changed(registry, tenantId, resume, 'running');
    expect(await readTenant(registry.pool, tenantId)).toMatchObject({
      state: 'suspended',
      suspension: { operationId },
    });
  });
});
