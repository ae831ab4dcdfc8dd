import { newOrder } from '../../helpers/product';
import type { Duplicates } from '../journal';
import { outcomes, recovered, type Scenario, type World } from './scenario';

const MANY = 50;

/** Identical and competing orders, sent concurrently and repeatedly. */
export function orderScenarios(): Scenario[] {
  return [
    orderScenario('the same order 50 times at once', async (world, name) => {
      const order = newOrder();
      const key = `${order.tenantName}-again`;
      const answers = await Promise.all(Array.from({ length: MANY }, () => send(world, order, key)));
      await settle(world, name, 'same key', order, answers);
      // The same request still gets the same answer after the operation has ended.
      await settle(world, name, 'same key', order, [answers[0]!, await send(world, order, key)], false);
    }),
    orderScenario('50 different orders with one key', async (world, name) => {
      const orders = Array.from({ length: MANY }, () => newOrder());
      const key = `${orders[0]!.tenantName}-one`;
      const answers = await Promise.all(orders.map((order) => send(world, order, key)));
      const winner = answers.findIndex(({ status }) => status === 202);
      await settle(world, name, 'same key, other order', orders[Math.max(winner, 0)]!, answers);
    }),
    orderScenario('one name ordered 50 times with different keys', async (world, name) => {
      const order = newOrder();
      const answers = await Promise.all(
        Array.from({ length: MANY }, (_, index) => send(world, order, `${order.tenantName}-${index}`)),
      );
      await settle(world, name, 'same name', order, answers);
    }),
    orderScenario('the same order again after it was undone', async (world, name) => {
      const order = newOrder({ paymentMethod: 'pm_card_chargeDeclined' });
      const key = `${order.tenantName}-again`;
      const first = await send(world, order, key);
      await settle(world, name, 'same key', order, [first, first]);
      await settle(world, name, 'same key', order, [first, await send(world, order, key)], false);
    }),
  ];
}

function orderScenario(name: string, run: (world: World, name: string) => Promise<void>): Scenario {
  return {
    name,
    kind: name,
    seconds: 2,
    alone: false,
    run: async (world) => {
      world.journal.plan(name);
      await run(world, name);
      world.journal.fire(name);
    },
  };
}

interface Sent {
  status: number;
  tenantId?: string;
  operationId?: string;
}

async function send({ system: { product } }: World, order: ReturnType<typeof newOrder>, key: string): Promise<Sent> {
  const { status, body } = await product.call('signup', 'POST', '/v1/tenants', order, { 'idempotency-key': key });
  if (status !== 202) return { status };
  return { status, tenantId: body.tenantId as string, operationId: body.operationId as string };
}

async function settle(
  world: World,
  scenario: string,
  what: Duplicates['what'],
  order: ReturnType<typeof newOrder>,
  answers: Sent[],
  isNew = true,
): Promise<void> {
  world.journal.duplicates.push({ what, answers: answers.map(({ operationId: _, ...answer }) => answer) });
  const accepted = new Map(
    answers.flatMap(({ tenantId, operationId }) => (tenantId && operationId ? [[tenantId, operationId] as const] : [])),
  );
  const runs = [...accepted].map(([tenantId, operationId]) => ({ scenario, tenantId, operationId, order }));
  if (isNew) world.journal.runs.push(...runs);
  await (isNew ? recovered(world, scenario, runs) : outcomes(world, runs));
}
