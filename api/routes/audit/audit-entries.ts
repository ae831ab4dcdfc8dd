import { z } from 'zod';
import { CONTROL_PLANE } from '../../../contract/audit/chain';
import { auditEntryPageSchema } from '../../../contract/schemas/audit-schema';
import { operationIdSchema } from '../../../contract/schemas/common';
import { listEntries } from '../../../registry/audit/entries';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery, timeFilter } from '../list-query';

const entriesQuery = pageQuery.extend({
  tenantId: z
    .string()
    .regex(/^(?:[a-z][a-z0-9]{15}|control-plane)$/, 'Must be the id of a tenant, or control-plane.')
    .optional()
    .meta({ description: 'Only entries of this tenant’s trail, or of `control-plane`.' }),
  operationId: operationIdSchema.optional().meta({ description: 'Only entries of this operation.' }),
  actor: z.string().max(200).optional().meta({ description: 'Only what this caller did.', example: 'token:operator' }),
  action: z.string().max(100).optional().meta({ description: 'Only this action.', example: 'operation.active' }),
  from: timeFilter.optional().meta({ type: 'string', format: 'date-time', description: 'At this time or later.' }),
  before: timeFilter.optional().meta({ type: 'string', format: 'date-time', description: 'Before this time.' }),
});

/** `GET /v1/audit/entries`. */
export function auditEntryRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/audit/entries',
      operationId: 'listAuditEntries',
      tag: 'Audit',
      summary: 'List the entries of all audit trails, newest first',
      description:
        'For looking something up. It proves nothing: `GET /v1/tenants/{tenantId}/audit` has a whole trail with what is needed to verify it. Entries of the control plane are shown to operators only.',
      access: ['tenants:read', 'operations:operate'],
      query: entriesQuery,
      answers: { 200: { description: 'A page of entries.', schema: auditEntryPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT, ...filter }, principal }) => {
        const except = principal.roles.includes('operations:operate') ? undefined : CONTROL_PLANE;
        return { status: 200, body: await listEntries(pool, { ...filter, except, after: cursor, limit }) };
      },
    }),
  ];
}
