import { rolesSchema, tokenPageSchema, type ApiTokenView } from '../../../contract/schemas/platform/access-schema';
import { pageApiTokens, type ApiToken } from '../../../registry/credentials/api-tokens';
import { ROLES, type Role } from '../../access/roles';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';

/** `GET /v1/tokens` and `GET /v1/roles`. */
export function accessRoutes({ pool, staffRoles = {} }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tokens',
      operationId: 'listTokens',
      tag: 'Operating',
      summary: 'List API tokens, newest first',
      description:
        'Also expired and revoked ones. Tokens are created and revoked on the command line: `npm run tokens`.',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: { description: 'A page of tokens.', schema: tokenPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT } }) => {
        const page = await pageApiTokens(pool, { after: cursor, limit });
        return { status: 200, body: { ...page, items: page.items.map((token) => viewToken(token, new Date())) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/roles',
      operationId: 'listRoles',
      tag: 'Operating',
      summary: 'List the roles, what each permits, and which groups of the staff have it',
      access: 'any-token',
      answers: { 200: { description: 'Every role.', schema: rolesSchema } },
      problems: [],
      handle: () => {
        const items = (Object.entries(ROLES) as [Role, string][]).map(([role, permits]) => ({
          role,
          permits,
          groups: Object.keys(staffRoles).filter((group) => staffRoles[group]!.includes(role)),
        }));
        return Promise.resolve({ status: 200, body: { items } });
      },
    }),
  ];
}

function viewToken({ tokenId, name, prefix, roles, ...times }: ApiToken, now: Date): ApiTokenView {
  const { createdAt, expiresAt, revokedAt, lastUsedAt } = times;
  return {
    tokenId,
    name,
    prefix,
    roles,
    state: revokedAt ? 'revoked' : expiresAt <= now ? 'expired' : 'valid',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(revokedAt ? { revokedAt: revokedAt.toISOString() } : {}),
    ...(lastUsedAt ? { lastUsedAt: lastUsedAt.toISOString() } : {}),
  };
}
