import { previewSchema, type OrderPreview } from '../../../contract/schemas/preview-schema';
import { provisioningMetricsSchema } from '../../../contract/schemas/provisioning-metrics-schema';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { newOrder, plan, startTestProduct, type TestProduct } from '../../helpers/product';

let product: TestProduct;

beforeAll(async () => {
  product = await startTestProduct();
});
afterAll(() => product?.stop());

async function preview(order: TenantProvisioningRequest): Promise<OrderPreview> {
  const { status, body } = await product.call('signup', 'POST', '/v1/tenants:preview', order);
  expect(status).toBe(200);
  return previewSchema.parse(body);
}

/** Number of rows in every table that an order or a run writes to. */
async function rowCounts(): Promise<Record<string, number>> {
  const tables = [
    ...['tenant', 'operation', 'resource', 'reservation', 'tenant_key', 'secret', 'event', 'audit_entry', 'mail'],
    ...['step_event', 'claim', 'api_key', 'configuration', 'evidence', 'approval_decision', 'operation_figures'],
  ];
  const counts = tables.map((table) => `'${table}', (select count(*) from ${table})`).join(', ');
  const { rows } = await product.registry.query<{ counts: Record<string, number> }>(
    `select json_build_object(${counts}) as counts`,
  );
  return rows[0]!.counts;
}

interface StripeEffect {
  effect: string;
}

const stripeEffects = async (): Promise<StripeEffect[]> =>
  (await fetch(`${product.endpoints.stripe!.url}/_test/effects`)).json() as Promise<StripeEffect[]>;

describe('a preview', () => {
  test('makes and stores nothing, whatever the order is', async () => {
    const [rows, effects] = [await rowCounts(), (await stripeEffects()).length];
    const runs = async (): Promise<number> =>
      (
        await product.temporal.workflowService.countWorkflowExecutions({
          namespace: product.namespace,
          query: `WorkflowType = 'provisionTenant'`,
        })
      ).count.toNumber();
    const before = await runs();
    const good = await preview(newOrder());
    expect(good).toMatchObject({ possible: true, violations: [], region: { region: 'eu-central' } });
    const violating = newOrder({ subscription: { plan: 'starter', billingCycle: 'monthly', features: ['none-such'] } });
    expect(await preview(violating)).toMatchObject({ possible: false, violations: [{ type: 'FeatureNotInPlan' }] });
    const restricted = newOrder({ customizations: { storageQuotaGb: 10 } });
    expect(await preview(restricted)).toMatchObject({ possible: true, approvals: { required: ['storageQuotaGb'] } });
    expect(await rowCounts()).toEqual(rows);
    expect(await stripeEffects()).toHaveLength(effects);
    expect(await runs()).toBe(before);
  });

  test('knows what the billing provider says about the price', async () => {
    const { price, unknown } = await preview(newOrder());
    expect(unknown.filter(({ part }) => part !== 'duration')).toEqual([]);
    expect(price?.invoice?.due).toBe(price?.now.amount);
  });

  test('of an order for a full region says so, as the order’s first step does', async () => {
    const fill = (free: number) =>
      product.registry.query(`update cell set capacity = used + $1 where region = 'us-east' and kind = 'database'`, [
        free,
      ]);
    await fill(0);
    const full = newOrder({ region: 'us-east' });
    const { violations } = await preview(full);
    const { operationId } = await product.order(full);
    const { failure } = await product.untilEnded(operationId);
    await fill(2000);
    expect(violations).toEqual([{ pointer: '', type: failure?.type, detail: failure?.message }]);
  });

  test.each(['starter', 'professional'] as const)(
    'of a %s order names exactly what the order then makes',
    async (name) => {
      const order = newOrder({ ...plan(name), region: undefined });
      const { region, resources } = await preview(order);
      const { operationId, tenantId } = await product.order(order);
      expect(await product.untilEnded(operationId)).toMatchObject({ status: 'active', region: region?.region });
      const { rows } = await product.registry.query(
        `select step, provider, kind, region from resource where tenant_id = $1 and kind <> 'backups'
       order by step, provider, kind`,
        [tenantId],
      );
      const inOrder = [...resources!].sort((a, b) =>
        [a.step, a.provider, a.kind].join() < [b.step, b.provider, b.kind].join() ? -1 : 1,
      );
      expect(inOrder).toEqual(rows);
    },
  );
});

test('the numbers about operations cover the runs that have ended', async () => {
  const { status, body } = await product.call('operator', 'GET', '/v1/metrics/provisioning');
  expect(status).toBe(200);
  const [group] = provisioningMetricsSchema.parse(body).groups;
  expect(group).toMatchObject({
    running: 0,
    succeeded: 2,
    failed: { total: 1, failed: 1 },
    failurePoints: [{ step: 'validate', type: 'CapacityExhausted', count: 1 }],
  });
  expect(group!.bottlenecks.map(({ part }) => part)).toContain('verify');
  expect(group!.bottlenecks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(group!.use.resources).toContainEqual({ provider: 'stripe', kind: 'billing-customer', count: 2 });
});
