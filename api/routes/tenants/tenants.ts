import { z } from 'zod';
import { STATUSES } from '../../../contract/operations/states';
import { removalTerms } from '../../../contract/removal/terms';
import { tenantIdSchema } from '../../../contract/schemas/common';
import { tenantPageSchema, tenantSchema, type Tenant } from '../../../contract/schemas/tenants/tenant-schema';
import { TENANT_STATES } from '../../../contract/tenants/states';
import { readConfiguration } from '../../../registry/tenants/configuration';
import { findTenantTemplate } from '../../../registry/tenants/tenants';
import { findTenant, listTenants, readTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { READS_TENANTS, tenantsSeenBy } from '../../access/visibility';
import { filterOf, listQuery } from '../list-query';

const tenantsQuery = listQuery.extend({
  state: z
    .enum([...TENANT_STATES, 'all'])
    .optional()
    .meta({ description: '`all`: also the tenants that are gone, which are left out by default.' }),
  legalHold: z.literal('true').optional().meta({ description: 'Only tenants on which a legal hold stands.' }),
  status: z.enum(STATUSES).optional().meta({ description: 'Status of the operation that provisioned the tenant.' }),
});

/** Parameters of a route about one tenant. */
export const tenantParams = z.strictObject({ tenantId: tenantIdSchema });

const configurationSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    version: z.int().min(1),
    configuration: z.record(z.string(), z.unknown()).meta({
      description:
        'Features, modules, settings, branding, integrations, notifications and reporting; flags as they were ordered, without later changes.',
    }),
  })
  .meta({ id: 'TenantConfiguration', description: 'The application’s configuration for this tenant.' });

/** `GET /v1/tenants`, `GET /v1/tenants/{tenantId}` and `…/configuration`. */
export function tenantRoutes({ pool, keys }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants',
      operationId: 'listTenants',
      tag: 'Tenants',
      summary: 'List tenants, newest first',
      description:
        'Unless a state or status is given, tenants that are gone are left out; `state=all` lists every tenant. A token that may only order sees the tenants it ordered.',
      access: READS_TENANTS,
      query: tenantsQuery,
      answers: { 200: { description: 'A page of tenants.', schema: tenantPageSchema } },
      problems: [],
      handle: async ({ query: { state, legalHold, ...query }, principal }) => {
        const filter = await filterOf({ pool, keys }, query, tenantsSeenBy(principal));
        const states = state === 'all' ? { withGone: true } : { state };
        return {
          status: 200,
          body: await listTenants(pool, { ...filter, ...states, legalHold: legalHold === 'true' }),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}',
      operationId: 'getTenant',
      tag: 'Tenants',
      summary: 'Get a tenant and everything created for it',
      access: READS_TENANTS,
      params: tenantParams,
      answers: { 200: { description: 'The tenant and its resources, from the ledger.', schema: tenantSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await readTenant(pool, tenantId, tenantsSeenBy(principal));
        if (!tenant) throw noTenant();
        return { status: 200, body: await withRemovalTerms(pool, tenant) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/configuration',
      operationId: 'getTenantConfiguration',
      tag: 'Tenants',
      summary: 'Get the application’s configuration for a tenant',
      description:
        'Returns the newest version. Send the `ETag` you have as `If-None-Match` to get 304 while nothing has changed.',
      access: ['tenants:read', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: {
          description: 'The configuration.',
          schema: configurationSchema,
          headers: { ETag: 'Changes with the version.' },
        },
        304: { description: 'The configuration still has the given `ETag`.' },
      },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, principal, header }) => {
        const found = (await findTenant(pool, tenantId, tenantsSeenBy(principal)))
          ? await readConfiguration(pool, keys, tenantId)
          : undefined;
        if (!found)
          throw new ApiProblem('not-found', {
            detail: 'There is no such tenant, your token may not see it, or it has no configuration yet.',
          });
        const etag = `"${tenantId}-${found.version}"`;
        const headers = { etag, 'cache-control': 'private, no-cache' };
        if (matches(header('if-none-match'), etag)) return { status: 304, headers };
        return { status: 200, body: { tenantId, ...found }, headers };
      },
    }),
  ];
}

/** The tenant with what a removal would do, while none was asked for. */
async function withRemovalTerms(pool: ApiDependencies['pool'], tenant: Tenant): Promise<Tenant> {
  if (tenant.removal || tenant.state === 'gone') return tenant;
  const template = await findTenantTemplate(pool, tenant.tenantId);
  return template ? { ...tenant, removal: removalTerms(template.removal) } : tenant;
}

/** Whether an `If-None-Match` header matches the tag (RFC 9110 §13.1.2, weak comparison). */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((entry) => [etag, `W/${etag}`, '*'].includes(entry.trim()));
}

/** The problem for a tenant that does not exist or that the caller may not see. */
export function noTenant(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'There is no such tenant, or your token may not see it.' });
}

/** Errors if `confirm`, which an irreversible action requires, does not repeat the tenant's name. */
export function unconfirmed({ tenantName }: { tenantName: string }, confirm: string) {
  if (confirm === tenantName) return [];
  return [{ pointer: '/confirm', detail: 'Is not the name of this tenant. Check which tenant you mean.' }];
}
