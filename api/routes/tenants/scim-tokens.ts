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
import { createScimToken, revokeScimTokens, rotateScimToken } from '../../../registry/credentials/scim-token-changes';
import { listScimTokens, type ScimTokenEntry } from '../../../registry/credentials/scim-tokens';
import { findTemplate } from '../../../registry/operations/operations';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { scimBaseUrl } from '../../scim/base-url';
import { stateOf } from './api-keys';
import { noTenant, tenantParams } from './tenants';

const params = z.strictObject({ tenantId: tenantIdSchema, tokenName: slug });

const OVERLAP_HOURS = 24;

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
        return { status: 200, body: { tenantId, scimTokens: (await listScimTokens(pool, tenantId)).map(viewToken) } };
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
        const { operationId } = await requireActive(pool, tenantId);
        await requireDirectory(pool, operationId);
        const made = await createScimToken(pool, { ...body, tenantId, actor: principal.id });
        if (made.outcome === 'name-in-use')
          throw notNow('The tenant already has a token of this name. Choose another name, or rotate that token.');
        const { token, expiresAt } = made;
        return {
          status: 201,
          body: { tenantId, name: body.name, token, baseUrl: scimBaseUrl(publicUrl, tenantId), ...expiry(expiresAt) },
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
        await requireActive(pool, tenantId);
        const { overlapHours = OVERLAP_HOURS, expiresInDays } = body ?? {};
        const overlapSeconds = overlapHours * 3600;
        const made = await rotateScimToken(pool, {
          tenantId,
          name,
          actor: principal.id,
          overlapSeconds,
          expiresInDays,
        });
        if (made.outcome === 'no-such-token') throw noToken();
        if (made.outcome === 'revoked')
          throw notNow(
            'The token of this name was revoked. Create a new one: POST /v1/tenants/{tenantId}/scim-tokens.',
          );
        const { token, expiresAt, previousUntil } = made;
        const baseUrl = scimBaseUrl(publicUrl, tenantId);
        return {
          status: 200,
          body: { tenantId, name, token, baseUrl, ...expiry(expiresAt), previousUntil: previousUntil.toISOString() },
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
        const revoked = await revokeScimTokens(pool, { tenantId, name, actor: principal.id, prefix: body?.prefix });
        if (revoked === undefined) throw noToken();
        return { status: 200, body: { tenantId, name, revoked } };
      },
    }),
  ];
}

async function requireActive(pool: pg.Pool, tenantId: string) {
  const tenant = await findTenant(pool, tenantId);
  if (!tenant) throw noTenant();
  if (tenant.state !== 'active')
    throw notNow(`The tenant is ${tenant.state}: SCIM tokens are created and rotated only for an active tenant.`);
  return tenant;
}

async function requireDirectory(pool: pg.Pool, operationId: string): Promise<void> {
  const template = await findTemplate(pool, operationId);
  if (template?.identity?.directory) return;
  throw notNow('The tenant’s plan includes no directory, so people cannot be provisioned by SCIM.');
}

function viewToken({ name, prefix, createdAt, expiresAt, lastUsedAt, ...token }: ScimTokenEntry) {
  return {
    name,
    prefix,
    state: stateOf({ expiresAt, ...token }),
    createdAt: createdAt.toISOString(),
    ...expiry(expiresAt),
    ...(lastUsedAt ? { lastUsedAt: lastUsedAt.toISOString() } : {}),
  };
}

function expiry(expiresAt: Date | null): { expiresAt?: string } {
  return expiresAt ? { expiresAt: expiresAt.toISOString() } : {};
}

function noToken(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has no such SCIM token.' });
}

function notNow(detail: string): ApiProblem {
  return new ApiProblem('state-conflict', { detail, allowed: [] });
}
