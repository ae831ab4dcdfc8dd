import type { SsoConnection } from '../../../contract/identity/sso';
import type { ConfigureSsoRequest } from '../../../contract/schemas/identity/sso-schema';
import { findSso } from '../../../registry/identity/sso';
import type { SsoLinkSession } from '../../../registry/identity/sso-links';
import { DomainsNotProved, readConnection } from '../../../registry/identity/sso-changes';
import { findTenantTemplate } from '../../../registry/tenants/tenants';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { noTenant } from '../tenants/tenants';
import { lookAt, type Described } from './sso-look';

/** An error of a body, by its JSON pointer. */
interface BodyError {
  pointer: string;
  detail: string;
}

/**
 * What an operation is to configure, after the identity provider was asked. Throws the problem with pointers if the plan does not allow it, or if
 * the identity provider cannot be used as it is described.
 */
export async function prepareConnection(
  dependencies: Pick<ApiDependencies, 'keys' | 'pool' | 'ssoProbe'>,
  tenantId: string,
  body: ConfigureSsoRequest,
): Promise<SsoConnection> {
  const template = await requireSso(dependencies, tenantId);
  const { domains, groups = [], rules = [] } = body;
  const probe = probeOf(dependencies);
  refuseUnknownGroups(template, body);
  const { provider, findings } = await lookAt(probe, await describedBy(dependencies, tenantId, body));
  refuse(
    findings
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ pointer, message }) => ({ pointer, detail: message })),
  );
  return { ...provider!, domains, groups, rules };
}

/** The template of a tenant whose plan includes single sign-on. */
export async function requireSso(
  { pool }: Pick<ApiDependencies, 'pool'>,
  tenantId: string,
): Promise<ProvisioningTemplate> {
  const template = await findTenantTemplate(pool, tenantId);
  if (!template) throw noTenant();
  if (template.identity?.sso) return template;
  throw notNow('The tenant’s plan includes no single sign-on.');
}

/** What looks at identity providers; throws if this API has none to connect them to. */
export function probeOf({ ssoProbe }: Pick<ApiDependencies, 'ssoProbe'>): NonNullable<ApiDependencies['ssoProbe']> {
  if (ssoProbe) return ssoProbe;
  throw notNow('This API has no identity provider to which others can be connected: set KEYCLOAK_URL.');
}

/** Throws the problem with pointers if a configuration names groups that the plan does not have. */
export function refuseUnknownGroups(...of: Parameters<typeof unknownGroups>): void {
  refuse(unknownGroups(...of));
}

/** The groups in a configuration that the plan does not have. */
function unknownGroups(
  { configuration }: Pick<ProvisioningTemplate, 'configuration'>,
  { groups = [], rules = [] }: Pick<ConfigureSsoRequest, 'groups' | 'rules'>,
): BodyError[] {
  const known = configuration.security.groups.map(({ name }) => name);
  const named = [
    ...groups.map((group, index) => ({ group, pointer: `/groups/${index}` })),
    ...rules.map(({ group }, index) => ({ group, pointer: `/rules/${index}/group` })),
  ];
  return named
    .filter(({ group }) => !known.includes(group))
    .map(({ pointer }) => ({ pointer, detail: `Is no group of the plan, which has ${known.join(', ')}.` }));
}

/** What is to be configured through a link: with the groups that the link was made with, and the rules of the present connection. */
export async function throughLink(
  { pool }: Pick<ApiDependencies, 'pool'>,
  { tenantId, groups }: SsoLinkSession,
  body: ConfigureSsoRequest,
): Promise<ConfigureSsoRequest> {
  const present = await findSso(pool, tenantId);
  return { ...body, groups, rules: present?.settings.rules ?? [] };
}

/** What a request describes, with the secret that it leaves out. */
export async function describedBy(
  dependencies: Pick<ApiDependencies, 'keys' | 'pool'>,
  tenantId: string,
  { oidc, saml }: Pick<ConfigureSsoRequest, 'oidc' | 'saml'>,
): Promise<Described> {
  if (saml) return { saml };
  return { oidc: { ...oidc!, clientSecret: await secretOf(dependencies, tenantId, oidc!) } };
}

/** The secret of the request, or that of the present connection to the same client. */
async function secretOf(
  { pool, keys }: Pick<ApiDependencies, 'keys' | 'pool'>,
  tenantId: string,
  { issuer, clientId, clientSecret }: NonNullable<ConfigureSsoRequest['oidc']>,
): Promise<string> {
  if (clientSecret !== undefined) return clientSecret;
  const present = await readConnection(pool, keys, tenantId);
  if (present?.protocol === 'oidc' && present.endpoints.issuer === issuer && present.clientId === clientId)
    return present.clientSecret;
  throw invalid([
    { pointer: '/oidc/clientSecret', detail: 'Is needed, because the tenant has no connection to this client yet.' },
  ]);
}

/** Handles the refusal of domains that are not proved. */
export function unprovedAsProblem(domains: readonly string[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DomainsNotProved)) throw error;
    throw invalid(
      error.domains.map((domain) => ({
        pointer: `/domains/${domains.indexOf(domain)}`,
        detail: 'Is not proved. Claim it, publish its record and check it: POST /v1/tenants/{tenantId}/domains.',
      })),
    );
  };
}

function refuse(errors: BodyError[]): void {
  if (errors.length > 0) throw invalid(errors);
}

function invalid(errors: BodyError[]): ApiProblem {
  return new ApiProblem('invalid-body', { detail: 'Nothing was changed.', errors });
}
