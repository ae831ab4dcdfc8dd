import { z } from 'zod';
import { proofRecord } from '../../../contract/identity/domains';
import { tenantIdSchema } from '../../../contract/schemas/common';
import {
  claimDomainRequestSchema,
  domainCheckSchema,
  tenantDomainSchema,
  tenantDomainsSchema,
  type LOOKUPS,
} from '../../../contract/schemas/identity/domain-schema';
import { emailDomain } from '../../../contract/schemas/values/public-host';
import { claimDomain, recordProof, removeDomain } from '../../../registry/identity/domain-changes';
import { findDomain, listDomains, type TenantDomain } from '../../../registry/identity/domains';
import { acceptConnection, listDueConnections } from '../../../registry/edge/connections';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from '../tenants/tenants';

const params = z.strictObject({ tenantId: tenantIdSchema, domain: emailDomain });

/** Milliseconds for a look at the DNS while the caller waits. */
const LOOK_MS = 12_000;

/** `GET` and `POST /v1/tenants/{tenantId}/domains`, `GET` and `DELETE …/domains/{domain}`, `POST …/domains/{domain}:check`. */
export function domainRoutes({ pool, keys, domainProofs, edgeAddress }: ApiDependencies): Route[] {
  const entryOf = async (tenantId: string, domain: string): Promise<TenantDomain> => {
    if (!(await findTenant(pool, tenantId))) throw noTenant();
    const entry = await findDomain(pool, tenantId, domain);
    if (!entry) throw noDomain();
    return entry;
  };
  /** Has the tenant's custom domain served at the edge, or no longer, as its proof says; the id of the operation, if one has begun. */
  const connect = async (tenantId: string, domain: string, caller: string): Promise<string | undefined> => {
    if (edgeAddress === undefined) return undefined;
    const [due] = await listDueConnections(pool, { tenantId, limit: 1 });
    return due?.domain === domain ? acceptConnection(pool, keys, { ...due, caller }) : undefined;
  };
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/domains',
      operationId: 'listDomains',
      tag: 'Sign-in',
      summary: 'List the domains of a tenant',
      access: ['api-keys:manage', 'operations:operate'],
      throughSsoLink: true,
      params: tenantParams,
      answers: { 200: { description: 'The domains, by name.', schema: tenantDomainsSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        return { status: 200, body: { tenantId, domains: (await listDomains(pool, tenantId)).map(viewDomain) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/domains',
      operationId: 'claimDomain',
      tag: 'Sign-in',
      summary: 'Claim a domain for a tenant',
      description:
        'Answers with a TXT record. Its owner publishes it in the domain’s DNS, which proves that the domain is the customer’s; then call `…/domains/{domain}:check`. The record must stay there: it is looked for again every day. A domain that the tenant has claimed before is answered with the same record.',
      access: ['api-keys:manage'],
      throughSsoLink: true,
      params: tenantParams,
      body: claimDomainRequestSchema,
      answers: {
        200: { description: 'The tenant has claimed the domain before.', schema: tenantDomainSchema },
        201: { description: 'The domain is claimed, and not yet proved.', schema: tenantDomainSchema },
      },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, body: { domain }, principal }) => {
        const done = await claimDomain(pool, { tenantId, domain, actor: principal.id });
        switch (done.outcome) {
          case 'no-tenant':
            throw noTenant();
          case 'not-now':
            throw notNow(`The tenant is ${done.state}: domains are claimed only for an active tenant.`);
          case 'full':
            throw notNow('The tenant has claimed as many domains as a tenant may. Remove one that is not needed.');
          default:
            return { status: done.outcome === 'claimed' ? 201 : 200, body: viewDomain(done.entry) };
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/domains/{domain}:check',
      operationId: 'checkDomain',
      tag: 'Sign-in',
      summary: 'Look for the record that proves a domain',
      description:
        'Asks the DNS now. If the record is there, the domain is the tenant’s; if it is the tenant’s custom domain, an operation connects it at the edge. A missing record does not end a domain at once: a proved one is withdrawn after seven days.',
      access: ['api-keys:manage', 'operations:operate'],
      throughSsoLink: true,
      params,
      answers: { 200: { description: 'What the DNS has answered.', schema: domainCheckSchema } },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId, domain }, principal }) => {
        const entry = await entryOf(tenantId, domain);
        const record = proofRecord(entry.domain, entry.token);
        const answer = domainProofs ? await domainProofs.look(record, AbortSignal.timeout(LOOK_MS)) : 'unanswered';
        if (answer === 'unanswered') return { status: 200, body: viewCheck(entry, answer) };
        const done = await recordProof(pool, { tenantId, domain, found: answer === 'found', actor: principal.id });
        if (done.outcome === 'no-domain') throw noDomain();
        if (done.outcome === 'held-by-another') return { status: 200, body: viewCheck(entry, done.outcome) };
        const operationId = await connect(tenantId, domain, principal.id);
        return { status: 200, body: viewCheck(done.entry, answer, operationId) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/domains/{domain}',
      operationId: 'getDomain',
      tag: 'Sign-in',
      summary: 'Show a domain of a tenant',
      access: ['api-keys:manage', 'operations:operate'],
      params,
      answers: { 200: { description: 'The domain, with its record.', schema: tenantDomainSchema } },
      problems: [],
      handle: async ({ params: { tenantId, domain } }) => ({
        status: 200,
        body: viewDomain(await entryOf(tenantId, domain)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/v1/tenants/{tenantId}/domains/{domain}',
      operationId: 'removeDomain',
      tag: 'Sign-in',
      summary: 'Remove a domain from a tenant',
      description:
        'Afterwards another tenant can prove it. Refused while the tenant’s single sign-on uses it, or while the edge serves it.',
      access: ['api-keys:manage'],
      params,
      answers: { 204: { description: 'The tenant no longer has the domain.' } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId, domain }, principal }) => {
        await entryOf(tenantId, domain);
        const done = await removeDomain(pool, { tenantId, domain, actor: principal.id });
        if (done === 'no-domain') throw noDomain();
        if (done === 'in-use')
          throw notNow(
            'The tenant’s single sign-on uses the domain, or the edge serves it. Configure single sign-on without the domain, or take its record from the DNS and wait until it is withdrawn, first.',
          );
        return { status: 204 };
      },
    }),
  ];
}

/** What to tell the caller about a look at the DNS. */
const MESSAGES: Record<(typeof LOOKUPS)[number], string> = {
  found: 'The record is there: the domain is proved.',
  missing:
    'The DNS has no TXT record of this name with this value. Publish it exactly as shown, wait until the old answer has expired at name servers (its TTL), and check again.',
  unanswered:
    'The name servers gave no answer, so nothing was decided. Check again in a few minutes; if that does not help, check the domain’s delegation.',
  'held-by-another':
    'The record is there, but another tenant has this domain. Remove it there first, or ask support which of them is to have it.',
};

function viewCheck(entry: TenantDomain, lookup: (typeof LOOKUPS)[number], operationId?: string) {
  const operation = operationId === undefined ? {} : { operationId };
  return { domain: viewDomain(entry), lookup, message: MESSAGES[lookup], ...operation };
}

function viewDomain({ domainId, domain, state, token, createdAt, provedAt, checkedAt, missingSince }: TenantDomain) {
  return {
    domainId,
    domain,
    state,
    record: { type: 'TXT' as const, ...proofRecord(domain, token) },
    createdAt: createdAt.toISOString(),
    ...(provedAt ? { provedAt: provedAt.toISOString() } : {}),
    ...(checkedAt ? { checkedAt: checkedAt.toISOString() } : {}),
    ...(missingSince ? { missingSince: missingSince.toISOString() } : {}),
  };
}

function noDomain(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has claimed no such domain.' });
}
