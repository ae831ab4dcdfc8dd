import { tenantEvidenceSchema } from '../../../contract/schemas/tenants/evidence-schema';
import { readEvidence } from '../../../registry/views/evidence/evidence';
import type { ApiDependencies } from '../../dependencies';
import { evidencePage } from '../../pages/evidence';
import { PRINT_POLICY } from '../../pages/print';
import { prefers } from '../../http/requests/accept';
import { defineRoute, type Route } from '../../http/route';
import { tenantsSeenBy } from '../../access/visibility';
import { noTenant, tenantParams } from './tenants';

/** `GET /v1/tenants/{tenantId}/evidence`. */
export function evidenceRoutes({ pool, keys, publicUrl }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/evidence',
      operationId: 'getTenantEvidence',
      tag: 'Tenants',
      summary: 'Get the evidence for what is claimed about a tenant',
      description:
        'Shows where everything is stored, who else processes personal data, and every provider’s answer with its hash. Contains no secrets and no names of people. With `Accept: text/html`, the answer is a page for printing.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: {
          description: 'The evidence, as a page if `Accept` names `text/html`.',
          schema: tenantEvidenceSchema,
          headers: { Vary: '`Accept`.' },
        },
      },
      problems: [],
      handle: async ({ params: { tenantId }, principal, header }) => {
        const evidence = await readEvidence(pool, keys, tenantId, tenantsSeenBy(principal));
        if (!evidence) throw noTenant();
        const headers = { vary: 'Accept', 'cache-control': 'private, no-store' };
        if (!prefers('text/html', header('accept'))) return { status: 200, body: evidence, headers };
        return {
          status: 200,
          body: evidencePage(evidence, publicUrl),
          contentType: 'text/html; charset=utf-8',
          headers: { ...headers, 'content-security-policy': PRINT_POLICY },
        };
      },
    }),
  ];
}
