import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { Answer, TestProduct } from '../../helpers/product';

/** Number of orders that are sent repeatedly, and how often each. */
const REPEATED = 20;
const TIMES = 5;

/** Result of sending the orders. */
export interface Sent {
  operationIds: string[];
  /** Status and body of the refusals. */
  refused: string[];
  /** Seconds from the first order to the last answer. */
  seconds: number;
  /** Idempotency keys whose answers named different operations. */
  ambiguous: string[];
  repeatedKeys: number;
}

/**
 * Sends the orders evenly over `seconds` without waiting for answers, because a slow API does not slow its callers down. The first orders
 * are each sent several times at once with one idempotency key.
 */
export async function sendOrders(
  product: TestProduct,
  orders: readonly TenantProvisioningRequest[],
  seconds: number,
): Promise<Sent> {
  const sent: Sent = { operationIds: [], refused: [], seconds: 0, ambiguous: [], repeatedKeys: 0 };
  const send = (order: TenantProvisioningRequest, key: string): Promise<Answer> =>
    product.call('signup', 'POST', '/v1/tenants', order, { 'idempotency-key': key });
  const begun = performance.now();
  const sending = orders.map(async (order, index) => {
    await sleep((index / orders.length) * seconds * 1000);
    const times = index < REPEATED ? TIMES : 1;
    const answers = await Promise.all(Array.from({ length: times }, () => send(order, order.tenantName)));
    const ids = new Set(answers.map(({ body }) => JSON.stringify([body.operationId, body.tenantId])));
    const refused = answers.filter(({ status }) => status !== 202);
    sent.refused.push(...refused.map(({ status, body }) => `${status} ${JSON.stringify(body)}`));
    if (times > 1) sent.repeatedKeys += 1;
    if (ids.size !== 1) sent.ambiguous.push(order.tenantName);
    if (refused.length === 0) sent.operationIds.push(answers[0]!.body.operationId as string);
  });
  await Promise.all(sending);
  return { ...sent, seconds: (performance.now() - begun) / 1000 };
}
