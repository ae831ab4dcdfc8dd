import type { Effect } from '../../../../stack/simulators/stripe/state/effects';
import type { TestProduct } from '../../../helpers/product';
import type { LoggedCall } from '../../proxies/effect-log';
import { idsOf, ordersOf, type Evidence } from '../evidence';
import { groupBy } from '../group-by';
import { examine, together, type Verdict } from '../invariant';

/** Log patterns of the creation and the removal of one resource. */
const THINGS: Record<string, { made: RegExp; removed: RegExp }> = {
  bucket: {
    made: /^PUT \/t-[a-z0-9]{16}\/?(\?x-id=CreateBucket)?$/,
    removed: /^DELETE \/t-[a-z0-9]{16}\/?(\?x-id.*)?$/,
  },
  organization: { made: /^POST .*\/organizations\/?$/, removed: /^DELETE .*\/organizations\/[^/]+$/ },
  account: { made: /^POST .*\/users\/?$/, removed: /^DELETE .*\/realms\/[^/]+\/users\/[^/]+$/ },
  customer: { made: /^POST \/v1\/customers$/, removed: /^DELETE \/v1\/customers\// },
  subscription: { made: /^POST \/v1\/subscriptions$/, removed: /^DELETE \/v1\/subscriptions\// },
};

/** I6: nothing is made a second time unless it was removed in between, and only active tenants have paid, once. */
export async function singleEffect(product: TestProduct, { accepted, calls }: Evidence): Promise<Verdict> {
  const ids = new Map(accepted.map((each) => [each.tenantId, idsOf(each)]));
  const payments = await paid(product);
  const money = examine(
    ordersOf(accepted),
    ({ tenantId, status }) => {
      const times = payments.get(tenantId) ?? 0;
      if (status !== 'active') return times > 0 && `${status}, and has paid`;
      return times !== 1 && `active, and has paid ${times} times`;
    },
    idsOf,
  );
  return together(
    madeOnce(calls, (tenantId) => ids.get(tenantId) ?? { tenantId }),
    money,
  );
}

/** Every resource of every tenant was made at most once more often than it was removed. */
export function madeOnce(calls: readonly LoggedCall[], find: (tenantId: string) => object): Verdict {
  const effects = calls.filter(({ tenantId, status = 500, replayed }) => tenantId && status < 300 && !replayed);
  const perTenant = [...groupBy(effects, ({ tenantId }) => tenantId!)];
  const things = perTenant.flatMap(([tenantId, own]) =>
    Object.entries(THINGS).map(([thing, { made, removed }]) => {
      const count = (pattern: RegExp): number =>
        own.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;
      return { tenantId, thing, made: count(made), removed: count(removed) };
    }),
  );
  return examine(
    things.filter(({ made }) => made > 0),
    ({ thing, made, removed }) => made > removed + 1 && `${thing} made ${made} times and removed ${removed} times`,
    ({ tenantId }) => find(tenantId),
  );
}

/** Number of payments per tenant, from Stripe's own records. */
async function paid({ endpoints }: TestProduct): Promise<Map<string, number>> {
  const get = async <T>(path: string): Promise<T[]> =>
    (await fetch(`${endpoints.stripe!.url}/_test/${path}`)).json() as Promise<T[]>;
  const owners = new Map(
    (await get<Effect>('effects'))
      .filter(({ object, effect }) => object === 'customer' && effect === 'created')
      .map(({ id, tenantId }) => [id, tenantId]),
  );
  const times = new Map<string, number>();
  for (const { customer, amount_paid: amount } of await get<{ customer: string; amount_paid: number }>(
    'objects/invoice',
  )) {
    const tenantId = owners.get(customer);
    if (tenantId !== undefined && amount > 0) times.set(tenantId, (times.get(tenantId) ?? 0) + 1);
  }
  return times;
}
