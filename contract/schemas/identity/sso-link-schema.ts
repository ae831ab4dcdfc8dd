import { z } from 'zod';
import { STATUSES } from '../../operations/states';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';
import { slug } from '../values/slug';
import { ssoGroups } from './sso-schema';

/** Days for which a link can be used, unless the request says otherwise. */
export const SSO_LINK_DAYS = 7;

const name = slug.meta({ description: 'Names the link in the audit trail.', example: 'acme-it' });

const groups = ssoGroups.meta({
  description:
    'Groups of the plan in which everyone is who signs in. The link’s holder cannot choose them. Left out: those of the present connection, or none.',
  example: ['members'],
});

/** Body of `POST /v1/tenants/{id}/identity/sso/links`. */
export const createSsoLinkRequestSchema = z
  .strictObject({
    name,
    expiresInDays: z
      .int()
      .min(1)
      .max(30)
      .meta({ description: `Days until the link and its session end; ${SSO_LINK_DAYS} by default.`, example: 7 })
      .optional(),
    groups: groups.optional(),
  })
  .meta({ id: 'CreateSsoLinkRequest', description: 'Creates a link for the customer’s administrator.' });

/** Answer of `POST /v1/tenants/{id}/identity/sso/links`. */
export const ssoLinkCreatedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    name,
    url: z.url().meta({ description: 'The link. It is not shown again.' }),
    expiresAt: timestamp,
  })
  .meta({ id: 'SsoLinkCreated', description: 'A new link. Shown once.' });

const link = z
  .strictObject({
    name,
    prefix: z.string().meta({ description: 'The beginning of the link’s token.', example: 'ssol_1f2e3d4c' }),
    state: z.enum(['new', 'opened', 'used', 'expired', 'revoked']).meta({
      description: '`used`: single sign-on was connected through it, and it opens nothing any more.',
    }),
    groups,
    createdAt: timestamp,
    expiresAt: timestamp,
    openedAt: timestamp.optional(),
    operationId: operationIdSchema
      .meta({ description: 'The newest operation that was begun through the link.' })
      .optional(),
  })
  .meta({ id: 'SsoLink', description: 'Facts about a link; never the link itself.' });

/** Answer of `GET /v1/tenants/{id}/identity/sso/links`. */
export const ssoLinksSchema = z
  .strictObject({ tenantId: tenantIdSchema, links: z.array(link) })
  .meta({ id: 'SsoLinks', description: 'Every link that a tenant has ever had, newest first.' });

/** Answer of `POST /v1/tenants/{id}/identity/sso/links/{name}:revoke`. */
export const ssoLinkRevokedSchema = z
  .strictObject({ tenantId: tenantIdSchema, name, revoked: z.int().min(0) })
  .meta({ id: 'SsoLinkRevoked', description: 'How many links of this name were revoked now.' });

/** Answer of `POST /v1/tenants/{id}/identity/sso/links:open`. */
export const ssoLinkOpenedSchema = z
  .strictObject({ tenantId: tenantIdSchema, expiresAt: timestamp })
  .meta({ id: 'SsoLinkOpened', description: 'The link is open; its session is in a cookie.' });

/** Answer of `GET /v1/tenants/{id}/identity/sso/setup`. */
export const ssoSetupSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    expiresAt: timestamp,
    operation: z
      .strictObject({ operationId: operationIdSchema, status: z.enum(STATUSES) })
      .meta({ description: 'The newest operation that was begun through the link.' })
      .optional(),
  })
  .meta({ id: 'SsoSetup', description: 'Where the setup through a link stands.' });
