import { withoutSecret } from '../../../contract/identity/sso';
import {
  configureSsoRequestSchema,
  SSO_BODY_LIMIT,
  ssoSchema,
  ssoTestSchema,
  testSsoRequestSchema,
} from '../../../contract/schemas/identity/sso-schema';
import { findSso } from '../../../registry/identity/sso';
import { noteLinkOperation } from '../../../registry/identity/sso-links';
import { storeConnection } from '../../../registry/identity/sso-changes';
import { findTenant } from '../../../registry/views/tenants';
import { linkHasEnded } from '../../access/sso-link-session';
import type { ApiDependencies } from '../../dependencies';
import { notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { change, CHANGE_ANSWERS } from '../operations/change';
import { noTenant, tenantParams } from '../tenants/tenants';
import { prepareConnection, throughLink, unprovedAsProblem } from './sso-connection';
import { testSso } from './sso-test';

/** `GET`, `PUT` and `DELETE /v1/tenants/{tenantId}/identity/sso`, and `POST …/sso:test`. */
export function ssoRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys, ssoRedirectUri, ssoEntityId: entityId } = dependencies;
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/identity/sso',
      operationId: 'getSso',
      tag: 'Sign-in',
      summary: 'Show a tenant’s single sign-on',
      access: ['api-keys:manage', 'operations:operate'],
      throughSsoLink: true,
      params: tenantParams,
      answers: { 200: { description: 'The connection, without its secret.', schema: ssoSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const sso = await findSso(pool, tenantId);
        const redirectUri = ssoRedirectUri?.(tenantId);
        return {
          status: 200,
          body: {
            tenantId,
            ...(redirectUri === undefined ? {} : { redirectUri }),
            ...(entityId === undefined ? {} : { entityId }),
            ...(sso ? { connection: viewConnection(sso) } : {}),
          },
        };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/v1/tenants/{tenantId}/identity/sso',
      operationId: 'configureSso',
      tag: 'Sign-in',
      summary: 'Connect the company’s own identity provider',
      description:
        'People who type an address in one of the domains at the login are sent to their company’s identity provider (OpenID Connect or SAML 2.0), and are members of the tenant afterwards. People with other addresses are refused. The tenant’s plan must include single sign-on, and every domain must be proved. The identity provider is asked before anything is changed; `…/sso:test` asks it alone. If the change fails, the tenant has the connection it had before. Through a link, `groups` are those of the link, and `rules` stay as they are.',
      access: ['api-keys:manage'],
      throughSsoLink: true,
      params: tenantParams,
      body: configureSsoRequestSchema,
      bodyLimit: SSO_BODY_LIMIT,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal, idempotencyKey, ssoLink }) => {
        const asked = ssoLink ? await throughLink(dependencies, ssoLink, body) : body;
        const connection = await prepareConnection(dependencies, tenantId, asked);
        return change(dependencies, {
          kind: 'configure-sso',
          tenantId,
          parameters: { sso: 'connected' },
          principal,
          idempotencyKey,
          more: { settings: withoutSecret(connection) },
          alongside: async (client, operationId) => {
            await storeConnection(client, keys, { tenantId, operationId, connection });
            if (ssoLink && !(await noteLinkOperation(client, ssoLink.keyId, operationId))) throw linkHasEnded();
          },
        }).catch(unprovedAsProblem(connection.domains));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/v1/tenants/{tenantId}/identity/sso',
      operationId: 'endSso',
      tag: 'Sign-in',
      summary: 'End a tenant’s single sign-on',
      description:
        'From then on nobody signs in through the company’s identity provider, and the domains can be removed. People keep their accounts, and have them again if the company is connected again; until then those without a password cannot sign in.',
      access: ['api-keys:manage'],
      params: tenantParams,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, principal, idempotencyKey }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        if (!(await findSso(pool, tenantId))) throw notNow('The tenant has no single sign-on.');
        const parameters = { sso: 'disconnected' as const };
        return change(dependencies, { kind: 'configure-sso', tenantId, parameters, principal, idempotencyKey });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/identity/sso:test',
      operationId: 'testSso',
      tag: 'Sign-in',
      summary: 'Say what is wrong with a single sign-on',
      description:
        'Asks the identity provider for its discovery document and its keys, tries the client and its secret, or reads the metadata and their certificates, and looks at the domains. With `claims`, says which groups a person with them would be in. Changes nothing.',
      access: ['api-keys:manage'],
      throughSsoLink: true,
      params: tenantParams,
      body: testSsoRequestSchema,
      bodyOptional: true,
      bodyLimit: SSO_BODY_LIMIT,
      answers: { 200: { description: 'What was found.', schema: ssoTestSchema } },
      problems: ['state-conflict', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body }) => ({
        status: 200,
        body: await testSso(dependencies, tenantId, body ?? {}),
      }),
    }),
  ];
}

function viewConnection({
  settings,
  operationId,
  since,
  changing,
  metadataProblem,
}: NonNullable<Awaited<ReturnType<typeof findSso>>>) {
  const { domains, groups, rules } = settings;
  return {
    ...(settings.protocol === 'saml'
      ? {
          saml: {
            entityId: settings.saml.entityId,
            signOnUrl: settings.saml.signOnUrl,
            ...(settings.metadataUrl === undefined ? {} : { metadataUrl: settings.metadataUrl }),
            ...(metadataProblem === null ? {} : { metadataProblem }),
          },
        }
      : { oidc: { issuer: settings.endpoints.issuer, clientId: settings.clientId } }),
    domains,
    groups,
    rules,
    operationId,
    since: since.toISOString(),
    changing,
  };
}
