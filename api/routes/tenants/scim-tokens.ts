import type pg from 'pg';
import { z } from 'zod';
import { tenantIdSchema } from '../../../contract/schemas/common';
import {
  createScimTokenRequestSchema,
  revokeScimTokenRequestSchema,
  rotateScimTokenRequestSchema,
  scimTokenCreatedSchema,
  scimTokenRevokedSchema,
  scimTokenRotatedSchema,
  scimTokensSchema,
} from '../../../contract/schemas/tenants/scim-token-schema';
import { slug } from '../../../contract/schemas/values/slug';
import {
  createNamedSecret,
  listNamedSecrets,
  revokeNamedSecrets,
  rotateNamedSecret,
  SCIM_TOKENS,
} from '../../../registry/credentials/named-secrets';
import { findTemplate } from '../../../registry/operations/operations';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { scimBaseUrl } from '../../scim/base-url';
import { expiry, OVERLAP_HOURS, requireActive, viewNamedSecret } from './named-secrets';
import { noTenant, tenantParams } from './tenants';

const params = z.strictObject({ tenantId: tenantIdSchema, tokenName: slug });

/** `GET` and `POST /v1/tenants/{tenantId}/scim-tokens`, `POST …/scim-tokens/{tokenName}:rotate` and `:revoke`. */
export function scimTokenRoutes({ pool, publicUrl }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/scim-tokens',
      operationId: 'listScimTokens',
      tag: 'Directories',
      summary: 'List the SCIM tokens of a tenant',
      access: ['api-keys:manage', 'operations:operate'],
      params: tenantParams,
      answers: {
        200: { description: 'Metadata of the tokens, never the tokens themselves.', schema: scimTokensSchema },
      },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const tokens = await listNamedSecrets(pool, SCIM_TOKENS, tenantId);
        return { status: 200, body: { tenantId, scimTokens: tokens.map(viewNamedSecret) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/scim-tokens',
      operationId: 'createScimToken',
      tag: 'Directories',
      summary: 'Create a token for the customer’s directory',
      description:
        'With the token, the customer’s own directory (Microsoft Entra ID, Okta, or another SCIM 2.0 client) provisions people and groups of this tenant at `/scim/v2/{tenantId}`. The tenant’s plan must include a directory. A name whose token was revoked or has expired can be used again. A lost answer cannot be repeated: revoke the token and create another.',
      access: ['api-keys:manage'],
      params: tenantParams,
      body: createScimTokenRequestSchema,
      answers: { 201: { description: 'The new token. It is not shown again.', schema: scimTokenCreatedSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        const { operationId } = await requireActive(pool, tenantId, 'SCIM tokens');
        await requireDirectory(pool, operationId);
        const made = await createNamedSecret(pool, SCIM_TOKENS, { ...body, tenantId, actor: principal.id });
        if (made.outcome === 'name-in-use')
          throw notNow('The tenant already has a token of this name. Choose another name, or rotate that token.');
        const baseUrl = scimBaseUrl(publicUrl, tenantId);
        return {
          status: 201,
          body: { tenantId, name: body.name, token: made.secret, baseUrl, ...expiry(made) },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/scim-tokens/{tokenName}:rotate',
      operationId: 'rotateScimToken',
      tag: 'Directories',
      summary: 'Rotate a SCIM token',
      description:
        'The previous token stays valid for the overlap, so that the customer can enter the new one meanwhile. A lost answer cannot be repeated: rotate again.',
      access: ['api-keys:manage'],
      params,
      body: rotateScimTokenRequestSchema,
      bodyOptional: true,
      answers: { 200: { description: 'The new token. It is not shown again.', schema: scimTokenRotatedSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId, tokenName: name }, body, principal }) => {
        await requireActive(pool, tenantId, 'SCIM tokens');
        const { overlapHours = OVERLAP_HOURS, expiresInDays } = body ?? {};
        const overlapSeconds = overlapHours * 3600;
        const made = await rotateNamedSecret(pool, SCIM_TOKENS, {
          tenantId,
          name,
          actor: principal.id,
          overlapSeconds,
          expiresInDays,
        });
        if (made.outcome === 'unknown') throw noToken();
        if (made.outcome !== 'rotated')
          throw notNow(
            'The token of this name was revoked. Create a new one: POST /v1/tenants/{tenantId}/scim-tokens.',
          );
        const baseUrl = scimBaseUrl(publicUrl, tenantId);
        return {
          status: 200,
          body: {
            tenantId,
            name,
            token: made.secret,
            baseUrl,
            ...expiry(made),
            previousUntil: made.previousUntil.toISOString(),
          },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/scim-tokens/{tokenName}:revoke',
      operationId: 'revokeScimToken',
      tag: 'Directories',
      summary: 'Revoke the SCIM tokens of a name immediately',
      description:
        'Revokes all tokens of the name, or only the one with the given prefix. People and groups that were provisioned with it stay. Repeating the request has no further effect.',
      access: ['api-keys:manage', 'operations:operate'],
      params,
      body: revokeScimTokenRequestSchema,
      bodyOptional: true,
      answers: { 200: { description: 'The tokens are no longer valid.', schema: scimTokenRevokedSchema } },
      problems: [],
      handle: async ({ params: { tenantId, tokenName: name }, body, principal }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const revoked = await revokeNamedSecrets(pool, SCIM_TOKENS, {
          tenantId,
          name,
          actor: principal.id,
          prefix: body?.prefix,
        });
        if (revoked === undefined) throw noToken();
        return { status: 200, body: { tenantId, name, revoked } };
      },
    }),
  ];
}

async function requireDirectory(pool: pg.Pool, operationId: string): Promise<void> {
  const template = await findTemplate(pool, operationId);
  if (template?.identity?.directory) return;
  throw notNow('The tenant’s plan includes no directory, so people cannot be provisioned by SCIM.');
}

function noToken(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has no such SCIM token.' });
}
