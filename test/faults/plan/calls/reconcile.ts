import { committed, http, type Call } from './call';

const KIND = 'reconcile' as const;

function call(step: Call['step'], name: string, sight: Call['sight'], more: Partial<Call> = {}): Call {
  return { name, kind: KIND, step, undo: false, plan: 'starter', sight, ...more };
}

/**
 * The calls of a reconciliation that finds what the harness has changed by hand: those by which it sees a difference, and those that mend it.
 * Its undo is not aimed at: what was mended is what the ledger said before, too.
 */
export const RECONCILE_CALLS: readonly Call[] = [
  call(
    'storage-and-compute',
    'look for the bucket',
    http('s3', 'GET', (name) => `^/${name}/?\\?.*tagging`),
    // A store that refuses the look has the bucket of someone else, which is a difference and no failure.
    { ambiguous: true },
  ),
  call(
    'storage-and-compute',
    'set the bucket’s policy again',
    http('s3', 'PUT', (name) => `^/${name}/?\\?.*policy`),
    // The undo of an access that was mended sets the same policy, so a refusal that lasts ends in the hands of an operator.
    { ambiguous: true },
  ),
  call(
    'identity',
    'look for the organization',
    http('keycloak', 'GET', (name) => `/organizations/?\\?.*search=${name}`),
  ),
  call(
    'identity',
    'make the groups again',
    http('keycloak', 'POST', () => '/groups/?$'),
  ),
  call(
    'identity',
    'make a group of the plan again',
    http('keycloak', 'POST', () => '/groups/[^/]+/children$'),
  ),
  call(
    'identity',
    'give a group its roles again',
    http('keycloak', 'POST', () => '/groups/[^/]+/role-mappings/realm$'),
  ),
  call(
    'identity',
    'put the admin into a group again',
    http('keycloak', 'PUT', () => '/users/[^/]+/groups/[^/]+$'),
  ),
  call(
    'identity',
    'open the organization again',
    http('keycloak', 'PUT', () => '/organizations/[^/]+/?$', /"enabled":true/),
    // As with the bucket's policy.
    { ambiguous: true },
  ),
  call(
    'integrations',
    'look at the subscription',
    http('stripe', 'GET', () => '^/v1/subscriptions/sub_'),
  ),
  call(
    'integrations',
    'give the subscription its quantity again',
    http('stripe', 'POST', () => '^/v1/subscriptions/sub_'),
  ),
  call(
    'finalize',
    'commit the reconciliation',
    committed(({ tenantId }) => `insert into audit_entry[^]*${tenantId}[^]*operation\\.completed`),
  ),
];
