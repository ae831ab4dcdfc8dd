import { tenantPolicy, type Policy, type PolicyOptions } from './policy';
import type { Store } from './store';

/** A tenant's policy as this store is to have it: without TLS nobody may come to one that is reached with it. */
export function policyAt(
  { conditions, settings }: Pick<Store, 'conditions' | 'settings'>,
  bucket: string,
  principal: string,
  options: Omit<PolicyOptions, 'tlsOnly'>,
): Policy {
  const tlsOnly = conditions && !settings.endpoint?.startsWith('http:');
  return tenantPolicy(bucket, principal, { ...options, tlsOnly });
}
