import { z } from 'zod';
import { tenantIdSchema } from '../../../contract/schemas/common';
import { claimRequestSchema, credentialsSchema } from '../../../contract/schemas/request-schemas';
import { announce } from '../../../registry/audit/append-once';
import { takeCredentials } from '../../../registry/credentials/claims';
import { findTenantKey, TenantKeyDestroyed } from '../../../registry/keys/tenant-keys';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from './tenants';

const reissuingSchema = z
  .strictObject({ tenantId: tenantIdSchema, status: z.literal('reissuing') })
  .meta({ id: 'Reissuing', description: 'A new link is on its way by mail and replaces the old one.' });

/** Path of the claim, which has its own rate limits. */
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
      summary: 'Claim the credentials of a tenant’s first admin, once',
      description:
        'The token in the mailed link authorizes the claim. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` gets the same credentials again.',
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
        'Creates a new link and mails it. The old link and the credentials behind it stop working. The answer contains no secrets.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: { 202: { description: 'The new link is on its way.', schema: reissuingSchema } },
      problems: ['state-conflict', 'key-destroyed', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const tenant = await findTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        if (tenant.state !== 'active')
          throw notNow(`The tenant is ${tenant.state}: only an active tenant has credentials.`);
        if (!(await findTenantKey(pool, tenantId))) throw new TenantKeyDestroyed(tenantId);
        const { operationId } = tenant;
        // Recorded before Temporal is asked. Until the reissue has begun, a repeated request counts as the same one.
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
    logger.warn({ tenantId, cause: causeOf(error) }, 'a new claim link could not be requested');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Temporal did not answer, so the new link may not have been requested. Try again in a moment.',
      headers: { 'retry-after': '5' },
    });
  }
}
