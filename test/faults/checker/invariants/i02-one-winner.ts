import { CLEAN_STATUSES } from '../../../../contract/operations/states';
import type { Duplicates } from '../../journal';
import { ordersOf, type Evidence } from '../evidence';
import { groupBy } from '../group-by';
import { examine, together, type Verdict } from '../invariant';

/** I2: repetitions of one order got the same tenant, and of all orders for one name at most one tenant is not undone. */
export function oneWinner({ accepted }: Pick<Evidence, 'accepted'>, duplicates: readonly Duplicates[]): Verdict {
  const names = groupBy(ordersOf(accepted), ({ tenantName }) => tenantName);
  return together(
    examine(duplicates, winners),
    examine([...names], ([name, orders]) => {
      const holders = orders.filter(({ status }) => !CLEAN_STATUSES.includes(status));
      return holders.length > 1 && `${holders.length} tenants hold the name ${name}`;
    }),
  );
}

function winners({ what, answers }: Duplicates): string | undefined {
  const tenants = new Set(answers.flatMap(({ tenantId }) => tenantId ?? []));
  if (tenants.size !== 1) return `${what}: ${answers.length} requests got ${tenants.size} tenants`;
  const refused = answers.filter(({ status }) => status !== 202);
  const wrong = refused.filter(({ status }) => what === 'same key' || (status !== 409 && status !== 422));
  if (wrong.length > 0) return `${what}: answered ${[...new Set(wrong.map(({ status }) => status))].join(', ')}`;
  return undefined;
}
