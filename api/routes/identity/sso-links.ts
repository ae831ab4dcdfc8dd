import { z } from 'zod';
import { tenantIdSchema } from '../../../contract/schemas/common';
import {
  createSsoLinkRequestSchema,
  SSO_LINK_DAYS,
  ssoLinkCreatedSchema,
  ssoLinkOpenedSchema,
  ssoLinkRevokedSchema,
  ssoLinksSchema,
  ssoSetupSchema,
} from '../../../contract/schemas/identity/sso-link-schema';
import { claimRequestSchema } from '../../../contract/schemas/request-schemas';
import { slug } from '../../../contract/schemas/values/slug';
import { createNamedSecret, revokeNamedSecrets, SSO_LINKS } from '../../../registry/credentials/named-secrets';
import { findSso } from '../../../registry/identity/sso';
import { listSsoLinks, openSsoLink, type SsoLink } from '../../../registry/identity/sso-links';
import { findTenant } from '../../../registry/views/tenants';
import { sessionCookie } from '../../access/sso-link-session';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { requireActive } from '../tenants/named-secrets';
import { noTenant, tenantParams } from '../tenants/tenants';
import { probeOf, refuseUnknownGroups, requireSso } from './sso-connection';

/** Path that opens a link, which has the rate limits of claims. */
export const OPEN_LINK_PATH = '/v1/tenants/{tenantId}/identity/sso/links:open';

const params = z.strictObject({ tenantId: tenantIdSchema, linkName: slug });

/**
 * `GET` and `POST /v1/tenants/{tenantId}/identity/sso/links`, `POST …/links/{linkName}:revoke`, `POST …/links:open`, and
 * `GET …/identity/sso/setup`.
 */
export function ssoLinkRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, publicUrl } = dependencies;
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/identity/sso/links',
      operationId: 'listSsoLinks',
      tag: 'Sign-in',
      summary: 'List the links for setting up single sign-on',
      access: ['api-keys:manage', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'Facts about the links, never the links themselves.', schema: ssoLinksSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        return { status: 200, body: { tenantId, links: (await listSsoLinks(pool, tenantId)).map(viewLink) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/identity/sso/links',
      operationId: 'createSsoLink',
      tag: 'Sign-in',
      summary: 'Create a link with which the customer’s administrator sets up single sign-on',
      description:
        'The link can be opened once, and its page needs no account: it proves domains, tests the company’s identity provider and connects it. Send it over a confidential channel. It opens nothing else, and nothing at all once single sign-on is connected, or after it has expired or was revoked. A lost answer cannot be repeated: revoke the link and create another.',
      access: ['api-keys:manage'],
      params: tenantParams,
      body: createSsoLinkRequestSchema,
      answers: { 201: { description: 'The new link. It is not shown again.', schema: ssoLinkCreatedSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        await requireActive(pool, tenantId, 'links');
        const template = await requireSso(dependencies, tenantId);
        probeOf(dependencies);
        const { name, expiresInDays = SSO_LINK_DAYS } = body;
        const groups = body.groups ?? (await findSso(pool, tenantId))?.settings.groups ?? [];
        refuseUnknownGroups(template, { groups });
        const link = { tenantId, name, actor: principal.id, scopes: groups, expiresInDays };
        const made = await createNamedSecret(pool, SSO_LINKS, link);
        if (made.outcome === 'name-in-use')
          throw notNow('The tenant already has a link of this name. Choose another name, or revoke that link.');
        return {
          status: 201,
          body: {
            tenantId,
            name,
            url: `${publicUrl}/sso-setup#${tenantId}.${made.secret}`,
            expiresAt: made.expiresAt!.toISOString(),
          },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/identity/sso/links/{linkName}:revoke',
      operationId: 'revokeSsoLink',
      tag: 'Sign-in',
      summary: 'Revoke a link for setting up single sign-on',
      description:
        'The link and its session end at once. What was connected through it stays. Repeating the request has no further effect.',
      access: ['api-keys:manage', 'operations:operate'],
      params,
      answers: { 200: { description: 'The link opens nothing any more.', schema: ssoLinkRevokedSchema } },
      problems: [],
      handle: async ({ params: { tenantId, linkName: name }, principal }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const revoked = await revokeNamedSecrets(pool, SSO_LINKS, { tenantId, name, actor: principal.id });
        if (revoked === undefined) throw new ApiProblem('not-found', { detail: 'The tenant has no such link.' });
        return { status: 200, body: { tenantId, name, revoked } };
      },
    }),
    defineRoute({
      method: 'post',
      path: OPEN_LINK_PATH,
      operationId: 'openSsoLink',
      tag: 'Sign-in',
      summary: 'Open a link for setting up single sign-on, once',
      description:
        'Called by the link’s page when a person presses its button. The session is in a cookie for this tenant’s paths, which only that page can use. Every refusal gets the same answer, whatever its reason. For ten minutes, the same `Idempotency-Key` opens the link again.',
      access: 'public',
      params: tenantParams,
      body: claimRequestSchema,
      idempotent: true,
      answers: {
        200: {
          description: 'The link is open.',
          schema: ssoLinkOpenedSchema,
          headers: { 'Set-Cookie': 'The session.' },
        },
      },
      problems: ['claim-refused'],
      handle: async ({ params: { tenantId }, body: { token }, idempotencyKey }) => {
        const opened = await openSsoLink(pool, { tenantId, token, idempotencyKey });
        if (!opened) throw new ApiProblem('claim-refused');
        return {
          status: 200,
          body: { tenantId, expiresAt: opened.expiresAt.toISOString() },
          headers: { 'cache-control': 'no-store', 'set-cookie': sessionCookie(publicUrl, { tenantId, ...opened }) },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/identity/sso/setup',
      operationId: 'getSsoSetup',
      tag: 'Sign-in',
      summary: 'Say where the setup through a link stands',
      description: 'Also answers once single sign-on is connected, until the link expires.',
      access: 'sso-link',
      params: tenantParams,
      answers: { 200: { description: 'Where it stands.', schema: ssoSetupSchema } },
      problems: [],
      handle: ({ params: { tenantId }, ssoLink }) => {
        const { expiresAt, operationId, status } = ssoLink!;
        const operation = operationId === null ? {} : { operation: { operationId, status } };
        return Promise.resolve({ status: 200, body: { tenantId, expiresAt: expiresAt.toISOString(), ...operation } });
      },
    }),
  ];
}

function viewLink({ createdAt, expiresAt, openedAt, revokedAt, operationId, status, ...link }: SsoLink) {
  return {
    ...link,
    state: stateOf({ expiresAt, openedAt, revokedAt, status }),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(openedAt ? { openedAt: openedAt.toISOString() } : {}),
    ...(operationId === null ? {} : { operationId }),
  };
}

function stateOf({
  expiresAt,
  openedAt,
  revokedAt,
  status,
}: Pick<SsoLink, 'expiresAt' | 'openedAt' | 'revokedAt' | 'status'>) {
  if (status === 'completed') return 'used';
  if (revokedAt) return 'revoked';
  if (expiresAt <= new Date()) return 'expired';
  return openedAt ? 'opened' : 'new';
}
