import type { InvoiceView } from '../../../../contract/billing/invoices';
import { invoicePageSchema } from '../../../../contract/schemas/billing/invoice-schema';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { placeOrder } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('invoices over HTTP: not run, this machine has no PostgreSQL');

const AT = '2026-11-01T00:00:00.000Z';

const invoice = (invoiceId: string): InvoiceView => ({
  invoiceId,
  number: 'A-1',
  status: 'open',
  currency: 'eur',
  total: 1900,
  amountDue: 1900,
  amountPaid: 0,
  amountRemaining: 1900,
  createdAt: AT,
  periodBegins: AT,
  periodEnds: AT,
  hostedUrl: 'https://invoice.stripe.com/i/1',
});

suite('a tenant’s invoices', () => {
  let api: ApiHarness;
  beforeAll(async () => void (api = await startApiHarness()));
  afterAll(() => api.stop());

  test('are listed page by page, and only to callers that see the tenant', async () => {
    const owner = await api.as(await api.token(['tenants:order'], 'owner'));
    const other = await api.as(await api.token(['tenants:order'], 'other'));
    const { tenantId } = await placeOrder(owner);
    api.runs.issued.set(tenantId, [invoice('in_2'), invoice('in_1')]);
    const path = `/v1/tenants/${tenantId}/invoices`;
    const first = expectAnswer(await owner.get(`${path}?limit=1`), 200, invoicePageSchema);
    expect(first).toEqual({ items: [invoice('in_2')], nextCursor: 'in_2' });
    const second = expectAnswer(await owner.get(`${path}?limit=1&cursor=in_2`), 200, invoicePageSchema);
    expect(second).toEqual({ items: [invoice('in_1')] });
    expectProblem(await other.get(path), 'not-found');
    expectProblem(await owner.get(`${path}?cursor=sub_1`), 'invalid-parameter');
  });

  test('are answered with a problem while no worker answers', async () => {
    const operators = await api.as(['operations:operate']);
    const { tenantId } = await placeOrder(await api.as(['tenants:order']));
    api.runs.down = true;
    expectProblem(await operators.get(`/v1/tenants/${tenantId}/invoices`), 'temporal-unavailable');
    api.runs.down = false;
  });
});
