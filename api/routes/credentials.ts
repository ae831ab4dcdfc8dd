import { z } from 'zod';
import { tenantIdSchema } from '../../contract/schemas/common';
import { claimRequestSchema, credentialsSchema } from '../../contract/schemas/request-schemas';
import { announce } from '../../registry/audit-once';
import { takeCredentials } from '../../registry/claims';
import { findTenantKey, TenantKeyDestroyed } from '../../registry/tenant-keys';
import { findTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { noTenant, tenantParams } from './tenants';

const reissuingSchema = z
  .strictObject({ tenantId: tenantIdSchema, status: z.literal('reissuing') })
  .meta({ id: 'Reissuing', description: 'A new link is on its way by mail; the old one ends with it.' });

/** Path of the claim, which has limits of its own. */
export const CLAIM_PATH = '/v1/tenants/{tenantId}/credentials:claim';

/** `POST /v1/tenants/{tenantId}/credentials:claim` and `:reissue`. */
export function credentialRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: CLAIM_PATH,
      operationId: 'claimCredentials',
      tag: 'Credentials',
      summary: 'Take the credentials of a tenant’s first admin, once',
      description:
        'Needs no API token: the token of the mail’s link is the authorization. Whatever is wrong, the answer is the same. For ten minutes the same `Idempotency-Key` gets the same answer again.',
      access: 'public',
      params: tenantParams,
      body: claimRequestSchema,
      idempotent: true,
      answers: { 200: { description: 'The credentials. They are not shown again.', schema: credentialsSchema } },
      problems: ['claim-refused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body: { token }, idempotencyKey }) => {
        const credentials = await takeCredentials(pool, keys, { tenantId, token, idempotencyKey });
        if (!credentials) throw new ApiProblem('claim-refused');
        return { status: 200, body: credentials, headers: { 'cache-control': 'no-store' } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/credentials:reissue',
      operationId: 'reissueCredentials',
      tag: 'Credentials',
      summary: 'Send the first admin new credentials',
      description:
        'Makes a new link and mails it; the old link and what it led to end. Nothing secret is in the answer.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: { 202: { description: 'On its way.', schema: reissuingSchema } },
      problems: ['state-conflict', 'key-destroyed', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        if (tenant.status !== 'active')
          throw new ApiProblem('state-conflict', {
            detail: `The tenant is ${tenant.status}: only an active one has credentials.`,
            allowed: [],
          });
        if (!(await findTenantKey(pool, tenantId))) throw new TenantKeyDestroyed(tenantId);
        const { operationId } = tenant;
        // Before anybody is asked. Until it has begun, asking again is the same request.
        await announce(
          pool,
          { tenantId, operationId, actor: principal.id, action: 'credentials.reissue-requested', detail: {} },
          { until: ['credentials.reissue-begun', 'credentials.reissued'] },
        );
        await reissue(dependencies, tenantId, principal.id);
        return { status: 202, body: { tenantId, status: 'reissuing' } };
      },
    }),
  ];
}

async function reissue({ runs, logger }: ApiDependencies, tenantId: string, requestedBy: string): Promise<void> {
  try {
    await runs.reissue(tenantId, requestedBy);
  } catch (error) {
    logger.warn({ tenantId, cause: causeOf(error) }, 'a new claim link could not be asked for');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Nothing was begun. Ask again in a moment.',
      headers: { 'retry-after': '5' },
    });
  }
}
