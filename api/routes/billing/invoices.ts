import { z } from 'zod';
import { invoicePageSchema } from '../../../contract/schemas/billing/invoice-schema';
import { findTenant } from '../../../registry/views/tenants';
import { tenantsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { listQuery } from '../list-query';
import { noTenant, tenantParams } from '../tenants/tenants';

/** Invoices per page if the caller sets no limit. */
const DEFAULT_LIMIT = 20;

const invoicesQuery = listQuery.pick({ limit: true }).extend({
  cursor: z
    .string()
    .regex(/^in_\w{1,100}$/, 'Is not a cursor of this list. Start again without one.')
    .optional()
    .meta({ description: '`nextCursor` of the previous page.' }),
});

/** `GET /v1/tenants/{tenantId}/invoices`. */
export function invoiceRoutes({ logger, pool, runs }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/invoices',
      operationId: 'listTenantInvoices',
      tag: 'Billing',
      summary: 'List a tenant’s invoices, newest first',
      description: `Read from the billing provider by a worker. Amounts are in the smallest unit of the currency. ${DEFAULT_LIMIT} a page by default. Empty for a tenant without a billing account, and once its account is removed.`,
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      query: invoicesQuery,
      answers: { 200: { description: 'One page of invoices.', schema: invoicePageSchema } },
      problems: ['temporal-unavailable'],
      handle: async ({ params: { tenantId }, query: { cursor, limit = DEFAULT_LIMIT }, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        const asked = { tenantId, limit, ...(cursor === undefined ? {} : { after: cursor }) };
        try {
          const body = await runs.invoices(asked);
          return { status: 200, body, headers: { 'cache-control': 'private, no-store' } };
        } catch (error) {
          logger.warn({ tenantId, cause: causeOf(error) }, 'the invoices of a tenant could not be read');
          throw new ApiProblem('temporal-unavailable', {
            detail: 'No worker has read the invoices from the billing provider in time. Try again in a moment.',
            headers: { 'retry-after': '5' },
          });
        }
      },
    }),
  ];
}
