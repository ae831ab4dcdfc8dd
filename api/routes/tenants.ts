import { z } from 'zod';
import { tenantIdSchema } from '../../contract/schemas/common';
import { tenantPageSchema, tenantSchema } from '../../contract/schemas/tenant-schema';
import { readConfiguration } from '../../registry/configuration';
import { findTenant, listTenants, readTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { tenantsSeenBy } from '../visibility';
import { filterOf, listQuery } from './list-query';

/** Parameters of a route about one tenant. */
export const tenantParams = z.strictObject({ tenantId: tenantIdSchema });

const configurationSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    version: z.int().min(1),
    configuration: z.record(z.string(), z.unknown()).meta({
      description: 'Features, modules, settings, branding, integrations, notifications and reporting.',
    }),
  })
  .meta({ id: 'TenantConfiguration', description: 'What the application works with for this tenant.' });

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
        'Those that hold their name, unless a status is asked for. A token that may only order sees the tenants it ordered.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      query: listQuery,
      answers: { 200: { description: 'A page.', schema: tenantPageSchema } },
      problems: [],
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listTenants(pool, await filterOf({ pool, keys }, query, tenantsSeenBy(principal))),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}',
      operationId: 'getTenant',
      tag: 'Tenants',
      summary: 'A tenant and everything made for it',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'The tenant with its resources, from the ledger.', schema: tenantSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await readTenant(pool, tenantId, tenantsSeenBy(principal));
        if (!tenant) throw noTenant();
        return { status: 200, body: tenant };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/configuration',
      operationId: 'getTenantConfiguration',
      tag: 'Tenants',
      summary: 'What the application works with for a tenant',
      description: 'The newest version. Ask with `If-None-Match` and the `ETag` you have: 304 while nothing changed.',
      access: ['tenants:read', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: {
          description: 'The configuration.',
          schema: configurationSchema,
          headers: { ETag: 'Changes with the version.' },
        },
        304: { description: 'Not changed since.' },
      },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, principal, header }) => {
        const found = (await findTenant(pool, tenantId, tenantsSeenBy(principal)))
          ? await readConfiguration(pool, keys, tenantId)
          : undefined;
        if (!found)
          throw new ApiProblem('not-found', { detail: 'There is no such tenant, or it has no configuration (yet).' });
        const etag = `"${tenantId}-${found.version}"`;
        const headers = { etag, 'cache-control': 'private, no-cache' };
        if (matches(header('if-none-match'), etag)) return { status: 304, headers };
        return { status: 200, body: { tenantId, ...found }, headers };
      },
    }),
  ];
}

/** Whether an `If-None-Match` names the tag (RFC 9110 §13.1.2, weak comparison). */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((entry) => [etag, `W/${etag}`, '*'].includes(entry.trim()));
}

/** The problem of a tenant that does not exist or is not seen. */
export function noTenant(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'There is no such tenant, or it is not yours to see.' });
}

/** What is wrong with the name that has to confirm what cannot be taken back. */
export function unconfirmed({ tenantName }: { tenantName: string }, confirm: string) {
  if (confirm === tenantName) return [];
  return [{ pointer: '/confirm', detail: 'Is not the name of this tenant. Look again which one you mean.' }];
}
