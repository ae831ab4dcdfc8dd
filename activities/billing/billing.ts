import type { Dependencies } from '../dependencies';
import { createDunning } from './dunning';
import { createBillingEvents } from './events';
import type { BillingActivities } from './interface';

/** What the run that follows a tenant's payments does at Stripe and in the registry. */
export function createBillingWatch(
  dependencies: Pick<Dependencies, 'billing' | 'keys' | 'pool' | 'signal'>,
): BillingActivities {
  return { ...createBillingEvents(dependencies), ...createDunning(dependencies) };
}
