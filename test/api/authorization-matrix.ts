import type { Role } from '../../api/roles';
import type { Route } from '../../api/route';
import type { TenantProvisioningRequest } from '../../contract/order';

/** What a path's parameter leads to, seen from who asks. */
export type Whose = 'own' | 'foreign' | 'missing';

/** Who asks: a state of a token that opens nothing, or roles. */
export type Caller = 'no token' | 'unknown' | 'expired' | 'revoked' | readonly Role[];

/** What an answer has to be: a status, or nothing that refuses the caller. */
export type Expected = 401 | 403 | 404 | 'admitted';

/** The kinds of things that paths name, and the roles that see those which others ordered. Who ordered sees the own ones. */
export const SEES_OTHERS: Record<string, readonly Role[]> = {
  operationId: ['tenants:read', 'approvals:decide', 'operations:operate'],
  tenantId: ['tenants:read', 'operations:operate', 'keys:destroy', 'api-keys:manage'],
};

/** Path parameters that name nobody's thing, or the same thing of everybody, and one that there is: the test makes the sweep, the finding and the keys. */
export const NOBODYS = {
  plan: 'starter',
  keyName: 'default',
  sweepId: `sw_${'0'.repeat(32)}`,
  scanId: `sc_${'0'.repeat(32)}`,
  // The first one of a registry.
  findingId: 'af_1',
};

/** Things inside those: they are seen by whoever sees what they are in. */
export const INSIDE = ['backupId'];

/** Routes on which some of the roles admitted may act on some of the things seen only; for the roles named, the rest is 403. */
const NOT_ALL_THAT_IS_SEEN: Record<string, { whose: Whose; unless: readonly Role[] }> = {
  // Whoever ordered may cancel the own, an operator everything.
  cancelOperation: { whose: 'foreign', unless: ['operations:operate'] },
  // Four eyes.
  decideApproval: { whose: 'own', unless: [] },
};

/** A body of each route that takes one and does not take an empty one. */
export function bodiesOf(order: () => TenantProvisioningRequest): Record<string, () => object> {
  return {
    orderTenant: order,
    claimCredentials: () => ({ token: 'x'.repeat(32) }),
    decideApproval: () => ({ decision: 'reject' }),
    reportScan: () => ({ token: 'x'.repeat(32), scanner: 'test', findings: [], failure: 'It does not exist.' }),
    heartbeatScan: () => ({ token: 'x'.repeat(32) }),
    resolveOperation: () => ({ verb: 'retry' }),
    restoreBackup: () => ({ confirm: 'acme-bikes' }),
    createApiKey: () => ({ name: 'warehouse', scopes: ['records:read'] }),
    destroyTenantKey: () => ({ confirm: 'not-its-name', reason: 'A test.' }),
    acceptAuditFinding: () => ({ reason: 'A test.' }),
    verifyApiKey: () => ({ key: 'ak_' }),
  };
}

/** The one parameter of a path that says whose the thing is, or undefined. */
export function objectIn({ path }: Route): string | undefined {
  return parametersOf(path).find((name) => !(name in NOBODYS) && !INSIDE.includes(name));
}

/** Names of a path's parameters. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** What a route answers to this caller about this thing. */
export function expectation(route: Route, caller: Caller, whose: Whose | undefined): Expected {
  if (route.access === 'public') return 'admitted';
  if (!isRoles(caller)) return 401;
  const { access } = route;
  // The same whatever the path leads to: without the role nothing is learnt.
  if (access !== 'any-token' && !caller.some((role) => access.includes(role))) return 403;
  if (whose === undefined) return 'admitted';
  if (whose === 'missing') return 404;
  const seesOthers = caller.some((role) => SEES_OTHERS[objectIn(route)!]!.includes(role));
  if (whose === 'foreign' && !seesOthers) return 404;
  const limited = NOT_ALL_THAT_IS_SEEN[route.operationId];
  const refused = limited?.whose === whose && !caller.some((role) => limited.unless.includes(role));
  return refused ? 403 : 'admitted';
}

/** Whether it stands for a valid token. */
export function isRoles(caller: Caller): caller is readonly Role[] {
  return typeof caller !== 'string';
}
