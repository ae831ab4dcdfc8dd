import { orderedSchema } from '../../../../contract/schemas/operations/ordered-schema';
import { destroyTenantKey } from '../../../../registry/keys/tenant-keys';
import { expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { placeOrder, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the order of an operation over HTTP: not run, this machine has no PostgreSQL');

suite('what an operation’s tenant was ordered with', () => {
  let api: ApiHarness;
  let orderer: Client;
  let approver: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    approver = await api.as(['approvals:decide']);
  });
  afterAll(() => api.stop());

  const orderOf = async ({ operationId }: Ordered, reader = approver) => {
    const answer = await reader.get(`/v1/operations/${operationId}/order`);
    return { ordered: expectAnswer(answer, 200, orderedSchema), text: answer.text };
  };

  test('shows an approver how it differs from the plan, and what of it needs an approval', async () => {
    const placed = await placeOrder(orderer, {
      customizations: { storageQuotaGb: 20, initialPasswordLength: 24 },
    });
    const { ordered } = await orderOf(placed);
    expect(ordered.order?.customizations).toEqual({ storageQuotaGb: 20, initialPasswordLength: 24 });
    expect(ordered.template.version).toBe(ordered.template.current);
    const plan = api.dependencies.templates.get('starter');
    expect(ordered.differences).toEqual([
      {
        pointer: '/resources/storage/quotaGb',
        plan: plan.resources.storage.quotaGb,
        ordered: 20,
        customization: 'storageQuotaGb',
        needsApproval: plan.customizations.requiredApprovals.includes('storageQuotaGb'),
      },
      {
        pointer: '/configuration/security/passwordLength',
        plan: plan.configuration.security.passwordLength,
        ordered: 24,
        customization: 'initialPasswordLength',
        needsApproval: false,
      },
    ]);
  });

  test('names no person, organization or payment method', async () => {
    const placed = await placeOrder(orderer, {
      organizationName: 'Sørens Secret Holding',
      contact: { email: 'contact@harbour.example' },
      paymentMethod: 'pm_card_visa',
      configuration: { branding: { displayName: 'Grace’s Cranes' }, settings: { boss: 'Grace Hopper' } },
    });
    const { ordered, text } = await orderOf(placed, await api.as(['operations:operate', 'tenants:read']));
    expect(ordered.order).toMatchObject({ billingCycle: 'monthly', features: [], paymentMethod: true });
    expect(text).not.toMatch(/Søren|harbour\.example|pm_card|Grace|Hopper/);
  });

  test('names the organization, and nobody in it, to an approver', async () => {
    const placed = await placeOrder(orderer, {
      organizationName: 'Sørens Secret Holding',
      contact: { email: 'contact@harbour.example' },
    });
    const { ordered, text } = await orderOf(placed);
    expect(ordered.organizationName).toBe('Sørens Secret Holding');
    expect(text).not.toContain('harbour.example');
  });

  test('keeps the differences, and not the order, once the tenant’s key is destroyed', async () => {
    const placed = await placeOrder(orderer, { customizations: { initialPasswordLength: 24 } });
    await destroyTenantKey(api.registry.pool, placed.tenantId);
    const { ordered } = await orderOf(placed);
    expect([ordered.order, ordered.organizationName]).toEqual([undefined, undefined]);
    expect(ordered.differences).toHaveLength(1);
  });
});
