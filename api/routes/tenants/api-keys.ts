import type pg from 'pg';
import { z } from 'zod';
import {
  apiKeyCreatedSchema,
  apiKeyRevokedSchema,
  apiKeyRotatedSchema,
  apiKeysSchema,
  createApiKeyRequestSchema,
  revokeApiKeyRequestSchema,
  rotateApiKeyRequestSchema,
} from '../../../contract/schemas/tenants/api-key-schema';
import { tenantIdSchema } from '../../../contract/schemas/common';
import { slug } from '../../../contract/schemas/values/slug';
import {
  API_KEYS,
  createNamedSecret,
  listNamedSecrets,
  revokeNamedSecrets,
  rotateNamedSecret,
} from '../../../registry/credentials/named-secrets';
import { findTemplate } from '../../../registry/operations/operations';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { expiry, OVERLAP_HOURS, requireActive, viewNamedSecret } from './named-secrets';
import { noTenant, tenantParams } from './tenants';

const params = z.strictObject({ tenantId: tenantIdSchema, keyName: slug });

/** `GET` and `POST /v1/tenants/{tenantId}/api-keys`, `POST …/api-keys/{keyName}:rotate` and `:revoke`. */
export function apiKeyRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/api-keys',
      operationId: 'listApiKeys',
      tag: 'API keys',
      summary: 'List the API keys of a tenant',
      access: ['api-keys:manage', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'Metadata of the keys, never the keys themselves.', schema: apiKeysSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const keys = await listNamedSecrets(pool, API_KEYS, tenantId);
        return {
          status: 200,
          body: { tenantId, apiKeys: keys.map((key) => ({ ...viewNamedSecret(key), scopes: key.scopes })) },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/api-keys',
      operationId: 'createApiKey',
      tag: 'API keys',
      summary: 'Create another API key for a tenant',
      description:
        'The scopes must be among those that keys of the tenant’s plan have. A name whose key was revoked or has expired can be used again. A lost answer cannot be repeated: revoke the key and create another.',
      access: ['api-keys:manage'],
      params: tenantParams,
      body: createApiKeyRequestSchema,
      answers: { 201: { description: 'The new key. It is not shown again.', schema: apiKeyCreatedSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        const { operationId } = await requireActive(pool, tenantId, 'API keys');
        await refuseForeignScopes(pool, operationId, body.scopes);
        const made = await createNamedSecret(pool, API_KEYS, { ...body, tenantId, actor: principal.id });
        if (made.outcome === 'name-in-use')
          throw notNow('The tenant already has a key of this name. Choose another name, or rotate that key.');
        return {
          status: 201,
          body: { tenantId, name: body.name, key: made.secret, scopes: body.scopes, ...expiry(made) },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/api-keys/{keyName}:rotate',
      operationId: 'rotateApiKey',
      tag: 'API keys',
      summary: 'Rotate an API key',
      description:
        'The new key has the name and scopes of the previous one, which stays valid for the overlap. A lost answer cannot be repeated: rotate again.',
      access: ['api-keys:manage'],
      params,
      body: rotateApiKeyRequestSchema,
      bodyOptional: true,
      answers: { 200: { description: 'The new key. It is not shown again.', schema: apiKeyRotatedSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId, keyName: name }, body, principal }) => {
        await requireActive(pool, tenantId, 'API keys');
        const { overlapHours = OVERLAP_HOURS, expiresInDays } = body ?? {};
        const overlapSeconds = overlapHours * 3600;
        const made = await rotateNamedSecret(pool, API_KEYS, {
          tenantId,
          name,
          actor: principal.id,
          overlapSeconds,
          expiresInDays,
        });
        if (made.outcome === 'unknown') throw noKey();
        if (made.outcome === 'revoked')
          throw notNow('The key of this name was revoked. Create a new one: POST /v1/tenants/{tenantId}/api-keys.');
        if (made.outcome === 'not-claimed')
          throw notNow(
            'This key has not been handed over yet: the first credentials still wait to be claimed. If they are lost, reissue them.',
          );
        return {
          status: 200,
          body: { tenantId, name, key: made.secret, ...expiry(made), previousUntil: made.previousUntil.toISOString() },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/api-keys/{keyName}:revoke',
      operationId: 'revokeApiKey',
      tag: 'API keys',
      summary: 'Revoke the API keys of a name immediately',
      description:
        'Revokes all keys of the name, or only the one with the given prefix. Repeating the request has no further effect.',
      access: ['api-keys:manage', 'operations:operate'],
      params,
      body: revokeApiKeyRequestSchema,
      bodyOptional: true,
      answers: { 200: { description: 'The keys are no longer valid.', schema: apiKeyRevokedSchema } },
      problems: [],
      handle: async ({ params: { tenantId, keyName: name }, body, principal }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const revoked = await revokeNamedSecrets(pool, API_KEYS, {
          tenantId,
          name,
          actor: principal.id,
          prefix: body?.prefix,
        });
        if (revoked === undefined) throw noKey();
        return { status: 200, body: { tenantId, name, revoked } };
      },
    }),
  ];
}

/** Refuses scopes that no key of the tenant's plan has. */
async function refuseForeignScopes(pool: pg.Pool, operationId: string, scopes: string[]): Promise<void> {
  const template = await findTemplate(pool, operationId);
  const possible = new Set(template?.configuration.security.apiKeys.flatMap((key) => key.scopes));
  const errors = scopes.flatMap((scope, index) =>
    possible.has(scope)
      ? []
      : [
          {
            pointer: `/scopes/${index}`,
            detail: `Is not a scope of the tenant’s plan. Its scopes are ${[...possible].join(', ')}.`,
          },
        ],
  );
  if (errors.length > 0) throw new ApiProblem('invalid-body', { detail: 'No key was created.', errors });
}

function noKey(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has no such API key.' });
}
