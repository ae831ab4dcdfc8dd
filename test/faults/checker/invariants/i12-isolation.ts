import type { TestProduct } from '../../../helpers/product';
import type { Dice } from '../../plan/schedule';
import { credentialsOf, reachBucket, reachSchema, type Credentials } from '../credentials';
import { usable, type Accepted } from '../evidence';
import type { Verdict } from '../invariant';

/** Number of tenants that are tried against each other. */
const SAMPLE = 8;

/** I12: among a sample of active tenants, no tenant's credentials reach anything of another. */
export async function isolated(product: TestProduct, accepted: readonly Accepted[], dice: Dice): Promise<Verdict> {
  const verdict: Verdict = { checked: 0, violations: [] };
  const active = dice.shuffle(usable(accepted));
  const chosen = ['professional', 'starter'].flatMap((plan) =>
    active.filter((each) => each.plan === plan).slice(0, SAMPLE / 2),
  );
  const all: Credentials[] = [];
  for (const { tenantId } of chosen) {
    const credentials = await credentialsOf(product, tenantId);
    if (credentials) all.push(credentials);
  }
  for (const holder of all)
    for (const other of all) {
      if (holder === other) continue;
      const reached = await reachBucket(product, holder, other.tenantId);
      if (holder.password !== undefined && other.password !== undefined)
        reached.push(...(await reachSchema(product, holder, other.tenantId)));
      verdict.checked += 1;
      for (const what of reached)
        verdict.violations.push({ tenantId: other.tenantId, what: `${holder.tenantId} can ${what}` });
    }
  return verdict;
}
