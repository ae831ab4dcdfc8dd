import { join } from 'node:path';
import { parseOrder } from '../../../contract/schemas/order-schema';
import { demoOrders } from '../../../stack/quickstart/demo-orders';
import { approvalsNeeded, checkOrder } from '../../../templates/check-order';
import { loadTemplates } from '../../../templates/load';

const templates = loadTemplates(join(__dirname, '../../../templates'));

describe('the orders of the demonstration', () => {
  for (const { order, needsApproval } of demoOrders('mwtwvx9b', true)) {
    const template = templates.get(order.subscription.plan);

    test(`${order.tenantName} is accepted by the API`, () => {
      expect(parseOrder(order)).toMatchObject({ ok: true });
      expect(checkOrder(order, template)).toEqual([]);
    });

    test(`${order.tenantName} ${needsApproval ? 'waits' : 'does not wait'} for an approver, as its template requires`, () => {
      expect(approvalsNeeded(order, template).length > 0).toBe(needsApproval);
    });
  }

  test('cover every plan, one approval and one declined card', () => {
    const orders = demoOrders('a', true);
    expect(new Set(orders.map(({ order }) => order.subscription.plan)).size).toBe(3);
    expect(orders.filter(({ needsApproval }) => needsApproval)).toHaveLength(1);
    expect(orders.filter(({ expected }) => expected.status === 'failed')).toHaveLength(1);
  });

  test('have different names in each run', () => {
    const names = ['a', 'b'].flatMap((run) => demoOrders(run, true).map(({ order }) => order.tenantName));
    expect(new Set(names).size).toBe(names.length);
  });

  test('expect the enterprise order to be refused in the first step when there is no cluster', () => {
    const enterprise = demoOrders('a', false).find(({ order }) => order.subscription.plan === 'enterprise');
    expect(enterprise?.expected).toMatchObject({ status: 'failed', step: 'validate' });
  });
});
