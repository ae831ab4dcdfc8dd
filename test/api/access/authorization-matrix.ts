import type { Role } from '../../../api/access/roles';
import type { Route } from '../../../api/http/route';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';

/** Ownership of the object that a path names, from the caller's point of view. */
export type Whose = 'own' | 'foreign' | 'missing';

/** A caller: roles, or the state of a token that opens nothing. */
export type Caller = 'no token' | 'unknown' | 'expired' | 'revoked' | readonly Role[];

/** Expected answer: a status that refuses the caller, or `admitted` for any other. */
export type Expected = 401 | 403 | 404 | 'admitted';

/** Path parameters that name an owned object, and the roles that see objects of other callers. Every caller sees its own. */
export const SEES_OTHERS: Record<string, readonly Role[]> = {
  operationId: [
    'tenants:read',
    'tenants:suspend',
    'tenants:deprovision',
    'legal-hold:manage',
    'approvals:decide',
    'operations:operate',
  ],
  tenantId: [
    'tenants:read',
    'tenants:suspend',
    'tenants:deprovision',
    'legal-hold:manage',
    'operations:operate',
    'keys:destroy',
    'api-keys:manage',
    'flags:manage',
  ],
  endpointId: ['operations:operate'],
};

/** Path parameters without an owner, each with a value that exists: the test makes the template’s version, the sweep, the findings and the keys. */
export const UNOWNED = {
  plan: 'starter' as const,
  fingerprint: '0'.repeat(64),
  keyName: 'default',
  tokenName: 'default',
  linkName: 'default',
  flag: 'new-editor',
  domain: 'company.example',
  sweepId: `sw_${'0'.repeat(32)}`,
  scanId: `sc_${'0'.repeat(32)}`,
  // The first finding of a new registry has this id.
  findingId: 'af_1',
  billingFindingId: `bf_${'0'.repeat(24)}`,
};

/** Parameters of nested objects, which are visible to every caller that sees the enclosing object. */
export const INSIDE = ['backupId', 'deliveryId'];

/** Routes that answer 403 for objects of `whose`, although the caller sees them, except to the roles in `unless`. */
const VISIBLE_BUT_FORBIDDEN: Record<string, { whose: Whose; unless: readonly Role[] }> = {
  // Callers cancel only their own operations, an operator any.
  cancelOperation: { whose: 'foreign', unless: ['operations:operate'] },
  cancelTenantOperation: { whose: 'foreign', unless: ['operations:operate'] },
  // Four-eyes rule: the orderer cannot approve.
  decideApproval: { whose: 'own', unless: [] },
};

/** A valid body for each route that requires one. */
export function bodiesOf(order: () => TenantProvisioningRequest): Record<string, () => object> {
  return {
    orderTenant: order,
    previewTenant: order,
    claimCredentials: () => ({ token: 'x'.repeat(32) }),
    claimExportKey: () => ({ token: 'x'.repeat(32) }),
    decideApproval: () => ({ decision: 'reject' }),
    reportScan: () => ({ token: 'x'.repeat(32), scanner: 'test', findings: [], failure: 'It does not exist.' }),
    heartbeatScan: () => ({ token: 'x'.repeat(32) }),
    resolveOperation: () => ({ verb: 'retry' }),
    createWebhookEndpoint: () => ({ url: 'https://hooks.example.com/' }),
    redeliverWebhooks: () => ({ from: '2026-01-31T12:00:00Z' }),
    suspendTenant: () => ({ reason: 'abuse' }),
    putLegalHold: () => ({ reason: 'A test.' }),
    liftLegalHold: () => ({ reason: 'A test.' }),
    reportAlerts: () => [],
    reportUsage: () => ({
      records: [
        { recordId: 'r', tenantId: 'k3v9x2m4q7w8r5ta', meter: 'api_requests', at: '2026-01-31T12:00:00Z', value: 1 },
      ],
    }),
    moveTrial: () => ({ endsAt: '2100-01-01T00:00:00Z' }),
    deprovisionTenant: () => ({ reason: 'abuse' }),
    restoreBackup: () => ({ confirm: 'acme-bikes' }),
    createApiKey: () => ({ name: 'warehouse', scopes: ['records:read'] }),
    createScimToken: () => ({ name: 'entra' }),
    configureSso: () => ({
      oidc: { issuer: 'https://login.company.example', clientId: 'us', clientSecret: 'secret' },
      domains: ['company.example'],
    }),
    createSsoLink: () => ({ name: 'acme-it' }),
    openSsoLink: () => ({ token: 'x'.repeat(32) }),
    claimDomain: () => ({ domain: 'company.example' }),
    destroyTenantKey: () => ({ confirm: 'not-its-name', reason: 'A test.' }),
    acceptAuditFinding: () => ({ reason: 'A test.' }),
    changeFlag: () => ({ variant: 'on', reason: 'A test.' }),
    resetFlag: () => ({ reason: 'A test.' }),
    resolveBillingFinding: () => ({ reason: 'A test.' }),
    verifyApiKey: () => ({ key: 'ak_' }),
  };
}

/** The path parameter that decides ownership, or undefined. */
export function objectIn({ path }: Route): string | undefined {
  return parametersOf(path).find((name) => !(name in UNOWNED) && !INSIDE.includes(name));
}

/** Names of the parameters in a path. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** Expected answer of a route to this caller about an object of this ownership. */
export function expectation(route: Route, caller: Caller, whose: Whose | undefined): Expected {
  if (route.access === 'public') return 'admitted';
  // A token of whatever roles is no API key of a tenant, and no session of a link.
  if (route.access === 'api-key' || route.access === 'sso-link' || !isRoles(caller)) return 401;
  const { access } = route;
  // The answer is the same for every object, so that a caller without the role learns nothing.
  if (access !== 'any-token' && !caller.some((role) => access.includes(role))) return 403;
  if (whose === undefined) return 'admitted';
  if (whose === 'missing') return 404;
  const seesOthers = caller.some((role) => SEES_OTHERS[objectIn(route)!]!.includes(role));
  if (whose === 'foreign' && !seesOthers) return 404;
  const limited = VISIBLE_BUT_FORBIDDEN[route.operationId];
  const refused = limited?.whose === whose && !caller.some((role) => limited.unless.includes(role));
  return refused ? 403 : 'admitted';
}

/** Whether the caller has a valid token. */
export function isRoles(caller: Caller): caller is readonly Role[] {
  return typeof caller !== 'string';
}
