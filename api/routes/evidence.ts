import { tenantEvidenceSchema } from '../../contract/schemas/evidence-schema';
import { readEvidence } from '../../registry/evidence-views';
import type { ApiDependencies } from '../dependencies';
import { EVIDENCE_POLICY, evidencePage } from '../pages/evidence';
import { defineRoute, type Route } from '../route';
import { tenantsSeenBy } from '../visibility';
import { noTenant, tenantParams } from './tenants';

/** `GET /v1/tenants/{tenantId}/evidence`. */
export function evidenceRoutes({ pool, keys, publicUrl }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/evidence',
      operationId: 'getTenantEvidence',
      tag: 'Tenants',
      summary: 'What is claimed of a tenant, and who answered for it',
      description:
        'Where everything lies, who else processes data about people, and every answer of a provider with its hash. No secrets, nobody’s name. With `Accept: text/html` it is a page to be printed.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: {
          description: 'The evidence. As a page when `Accept` names `text/html`.',
          schema: tenantEvidenceSchema,
          headers: { Vary: 'Accept.' },
        },
      },
      problems: [],
      handle: async ({ params: { tenantId }, principal, header }) => {
        const evidence = await readEvidence(pool, keys, tenantId, tenantsSeenBy(principal));
        if (!evidence) throw noTenant();
        const headers = { vary: 'Accept', 'cache-control': 'private, no-store' };
        if (!wantsPage(header('accept'))) return { status: 200, body: evidence, headers };
        return {
          status: 200,
          body: evidencePage(evidence, publicUrl),
          contentType: 'text/html; charset=utf-8',
          headers: { ...headers, 'content-security-policy': EVIDENCE_POLICY },
        };
      },
    }),
  ];
}

/** A browser names the page's type, a program none or JSON's. */
function wantsPage(accept = ''): boolean {
  const types = accept.split(',').map((type) => type.split(';')[0]!.trim().toLowerCase());
  return types.includes('text/html') && !types.includes('application/json');
}
