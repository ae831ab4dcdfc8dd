import { z } from 'zod';
import { identityText } from '../../../contract/exports/age-keys';
import { LINK_SECONDS } from '../../../contract/exports/links';
import { exportKeySchema, exportSchema } from '../../../contract/schemas/tenants/export-schema';
import { claimRequestSchema } from '../../../contract/schemas/request-schemas';
import { appendAudit } from '../../../registry/audit/trail';
import { transaction } from '../../../registry/database';
import { takeExportIdentity } from '../../../registry/tenants/export-identity';
import { readExport } from '../../../registry/views/exports';
import { findTenant } from '../../../registry/views/tenants';
import type { Principal } from '../../access/auth';
import { tenantsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from './tenants';

/** Path of the claim of an export's key, which has the rate limits of claims. */
export const EXPORT_CLAIM_PATH = '/v1/tenants/{tenantId}/export:claim';

const archiveQuery = z.strictObject({
  volume: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'Must be the number of a volume, from 1.')
    .transform(Number)
    .optional()
    .meta({ type: 'integer', minimum: 1, description: 'The volume to download; 1 by default.' }),
});

/** `GET /v1/tenants/{tenantId}/export` and `…/export/archive`, `POST …/export:claim`. */
export function exportRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys } = dependencies;

  async function visibleExport(tenantId: string, principal: Principal) {
    if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
    const found = await readExport(pool, tenantId);
    if (!found) throw new ApiProblem('not-found', { detail: 'The tenant has no export.' });
    return found;
  }

  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/export',
      operationId: 'getExport',
      tag: 'Exports',
      summary: 'Get the state of a tenant’s newest export',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'The export and its volumes.', schema: exportSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, principal }) => ({
        status: 200,
        body: await visibleExport(tenantId, principal),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/export/archive',
      operationId: 'downloadExport',
      tag: 'Exports',
      summary: 'Download a volume of a tenant’s export',
      description: `Redirects to the region’s object store, so that no data of the tenant passes through another region. The link is good for ${LINK_SECONDS / 60} minutes, also for parts of the file (\`Range\`); ask again for another one. The file is encrypted: the download needs no secret key, and is useless without it.`,
      access: ['tenants:order', 'operations:operate'],
      params: tenantParams,
      query: archiveQuery,
      answers: {
        200: {
          description: 'The file, for clients that follow the redirect.',
          contentType: 'application/octet-stream',
        },
        307: { description: 'Where the file is.', headers: { Location: 'A link that needs no token.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, query: { volume = 1 }, principal }) => {
        const { operationId, region, state, volumes } = await visibleExport(tenantId, principal);
        if (state !== 'ready') throw notNow(`The export is ${state}: only one that is ready can be downloaded.`);
        if (volume > volumes.length)
          throw new ApiProblem('not-found', { detail: `The export has ${volumes.length} volumes.` });
        const location = await link(dependencies, { operationId, tenantId, region, volume });
        await transaction(pool, (client) =>
          appendAudit(client, {
            tenantId,
            operationId,
            actor: principal.id,
            action: 'export.link-issued',
            detail: { volume },
          }),
        );
        return { status: 307, headers: { location, 'cache-control': 'no-store' } };
      },
    }),
    defineRoute({
      method: 'post',
      path: EXPORT_CLAIM_PATH,
      operationId: 'claimExportKey',
      tag: 'Exports',
      summary: 'Claim the key of a tenant’s export, once',
      description:
        'The token in the mailed link authorizes the claim. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` gets the same key again; then the product forgets it.',
      access: 'public',
      params: tenantParams,
      body: claimRequestSchema,
      idempotent: true,
      answers: { 200: { description: 'The key. It is not shown again.', schema: exportKeySchema } },
      problems: ['claim-refused', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body: { token }, idempotencyKey }) => {
        const claimed = await takeExportIdentity(pool, keys, { tenantId, token, idempotencyKey });
        if (!claimed) throw new ApiProblem('claim-refused');
        const body = { identity: identityText(claimed.identity), recipient: claimed.recipient };
        return { status: 200, body, headers: { 'cache-control': 'no-store' } };
      },
    }),
  ];
}

async function link({ runs, logger }: ApiDependencies, input: Parameters<typeof runs.exportLink>[0]): Promise<string> {
  try {
    return await runs.exportLink(input);
  } catch (error) {
    logger.warn({ operationId: input.operationId, cause: causeOf(error) }, 'no link to an export was signed');
    throw new ApiProblem('temporal-unavailable', {
      detail: `The worker of region ${input.region} did not sign a link. Try again in a moment.`,
      headers: { 'retry-after': '5' },
    });
  }
}
