import { SSO_KIND, type OidcEndpoints } from '../../../contract/identity/sso';
import type { SsoFinding, SsoProbe } from '../../../providers/port/sso-probe';
import { claimDomain, recordProof } from '../../../registry/identity/domain-changes';
import { forgetUnusedConnections } from '../../../registry/identity/sso-changes';
import { intend, markPresent } from '../../../registry/ledger/ledger';
import { recordOutcome } from '../../../registry/operations/transitions';
import type { TestRegistry } from '../registry';
import { acceptTenant } from './accepted';

/** The issuer that {@link standInProbe} knows, and the secret of our client there. */
export const ISSUER = 'https://login.acme.example';
export const SECRET = 'a-secret-of-the-company';
/** Where the issuer answers. */
export const endpoints: OidcEndpoints = {
  issuer: ISSUER,
  authorizationUrl: `${ISSUER}/auth`,
  tokenUrl: `${ISSUER}/token`,
  jwksUrl: `${ISSUER}/keys`,
  clientAuthentication: 'client_secret_basic',
};

/** What the metadata `<valid/>` say. */
export const SAML = {
  entityId: 'urn:acme',
  signOnUrl: 'https://login.acme.example/saml',
  binding: 'post' as const,
  certificates: ['x'],
};

/** Stands in for companies' identity providers: knows one issuer, one client with one secret, and one text of metadata. */
export const standInProbe: SsoProbe = {
  discover: (issuer) =>
    Promise.resolve(
      issuer === ISSUER
        ? { endpoints, findings: [finding('discovery', 'passed')] }
        : { findings: [finding('discovery', 'failed')] },
    ),
  readMetadata: (of) =>
    Promise.resolve(
      'metadata' in of && of.metadata === '<valid/>'
        ? { saml: SAML, findings: [finding('metadata', 'passed')] }
        : { findings: [finding('metadata', 'failed')] },
    ),
  tryClient: ({ clientSecret }) =>
    Promise.resolve(finding('credentials', clientSecret === SECRET ? 'passed' : 'failed')),
};

function finding(check: SsoFinding['check'], outcome: SsoFinding['outcome']): SsoFinding {
  return { check, outcome, message: `${check} ${outcome}` };
}

/** An active tenant whose plan includes single sign-on. */
export async function tenantWithSso(registry: TestRegistry): Promise<string> {
  const subscription = { plan: 'professional' as const, billingCycle: 'monthly' as const, features: [] };
  const { operationId, tenantId } = await acceptTenant(registry, { subscription });
  await registry.pool.query(`update operation set status = 'active', region = 'eu-central' where operation_id = $1`, [
    operationId,
  ]);
  return tenantId;
}

/** Claims a domain for a tenant and proves it. */
export async function proveDomain({ pool }: TestRegistry, tenantId: string, domain: string): Promise<void> {
  const about = { tenantId, domain, actor: 'test' };
  await claimDomain(pool, about);
  await recordProof(pool, { ...about, found: true });
}

/** What the run of an operation that connects does to the registry. */
export async function connected({ pool }: TestRegistry, tenantId: string, operationId: string): Promise<void> {
  await recordOutcome(pool, { operationId, status: 'running' });
  const row = (await intend(pool, {
    ...{ tenantId, operationId, step: 'identity', kind: SSO_KIND, provider: 'keycloak' },
    ...{ region: 'global', cell: '', name: `t-${tenantId}` },
  }))!;
  await markPresent(pool, row.resourceId, row.name, {});
  await pool.query(
    `update resource set settings = settings || jsonb_build_object('sso', $2::text) where resource_id = $1`,
    [row.resourceId, operationId],
  );
  if ((await recordOutcome(pool, { operationId, status: 'completed' })) !== 'committed')
    throw new Error(`The operation ${operationId} could not be completed.`);
  await forgetUnusedConnections(pool, tenantId);
}
