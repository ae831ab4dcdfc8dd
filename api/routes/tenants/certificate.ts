import { readSigned } from '../../../contract/audit/signature';
import {
  removalCertificateSchema,
  signedCertificateSchema,
} from '../../../contract/schemas/tenants/certificate-schema';
import { findCertificate } from '../../../registry/removal/certificates';
import { findTenant } from '../../../registry/views/tenants';
import { tenantsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { prefers } from '../../http/requests/accept';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { certificatePage } from '../../pages/certificate';
import { PRINT_POLICY } from '../../pages/print';
import { noTenant, tenantParams } from './tenants';

/** `GET /v1/tenants/{tenantId}/certificate`. */
export function certificateRoutes({ pool, publicUrl }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/certificate',
      operationId: 'getRemovalCertificate',
      tag: 'Tenants',
      summary: 'Get the certificate of a tenant’s removal',
      description:
        'Says what was removed, what every provider answered afterwards, and what stays and why. Signed; it can be verified without this API: `npx tenant-provisioner verify-certificate`. Contains neither personal data nor the tenant’s name. With `Accept: text/html`, the answer is a page for printing.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: {
          description: 'The certificate, as a page if `Accept` names `text/html`.',
          schema: signedCertificateSchema,
          headers: { Vary: '`Accept`.' },
        },
      },
      problems: [],
      handle: async ({ params: { tenantId }, principal, header }) => {
        const tenant = await findTenant(pool, tenantId, tenantsSeenBy(principal));
        if (!tenant) throw noTenant();
        const signed = await findCertificate(pool, tenantId);
        if (!signed)
          throw new ApiProblem('not-found', {
            detail: `The tenant is ${tenant.state} and has no certificate. One is issued at the end of a removal.`,
          });
        const body = { certificate: removalCertificateSchema.parse(readSigned(signed)), signed };
        const headers = { vary: 'Accept', 'cache-control': 'private, no-store' };
        if (!prefers('text/html', header('accept'))) return { status: 200, body, headers };
        return {
          status: 200,
          body: certificatePage(body, publicUrl),
          contentType: 'text/html; charset=utf-8',
          headers: { ...headers, 'content-security-policy': PRINT_POLICY },
        };
      },
    }),
  ];
}
