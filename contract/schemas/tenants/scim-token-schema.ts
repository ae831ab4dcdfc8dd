import { z } from 'zod';
import { tenantIdSchema, timestamp } from '../common';
import { slug } from '../values/slug';

const prefix = z
  .string()
  .regex(/^scim_[0-9a-f]{8}$/, 'Must be the beginning of a token, such as scim_1f2e3d4c.')
  .meta({ description: 'The beginning of the token, which identifies it.', example: 'scim_1f2e3d4c' });

const scimToken = z
  .strictObject({
    name: slug.meta({ example: 'entra' }),
    prefix,
    state: z.enum(['current', 'superseded', 'expired', 'revoked']).meta({
      description:
        '`superseded`: a newer token of the same name replaces this one, which stays valid until it expires.',
    }),
    createdAt: timestamp,
    expiresAt: timestamp.optional(),
    lastUsedAt: timestamp.meta({ description: 'Accurate to a minute.' }).optional(),
  })
  .meta({
    id: 'ScimToken',
    description: 'Facts about a token with which a customer’s directory provisions people; never the token itself.',
  });

/** Answer of `GET /v1/tenants/{id}/scim-tokens`. */
export const scimTokensSchema = z
  .strictObject({ tenantId: tenantIdSchema, scimTokens: z.array(scimToken) })
  .meta({ id: 'ScimTokens', description: 'Every SCIM token a tenant has ever had, by name, newest first.' });

const expiresInDays = z
  .int()
  .min(1)
  .max(3650)
  .meta({ description: 'Days until the new token expires; without it the token does not expire.', example: 365 });

/** Body of `POST /v1/tenants/{id}/scim-tokens`. */
export const createScimTokenRequestSchema = z
  .strictObject({
    name: slug.meta({ description: 'A name that no token in use has.', example: 'entra' }),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'CreateScimTokenRequest', description: 'Creates a token for the customer’s directory.' });

const baseUrl = z.url().meta({
  description: 'The address that the directory asks for as “tenant URL” or “base URL”.',
  example: 'https://provisioner.example.com/scim/v2/k3v9x2m4q7w8r5ta',
});

const token = z.string().meta({ description: 'The new token. It is not shown again.' });

/** Answer of `POST /v1/tenants/{id}/scim-tokens`. */
export const scimTokenCreatedSchema = z
  .strictObject({ tenantId: tenantIdSchema, name: slug, token, baseUrl, expiresAt: timestamp.optional() })
  .meta({ id: 'ScimTokenCreated', description: 'A new token. Shown once.' });

/** Body of `POST /v1/tenants/{id}/scim-tokens/{name}:rotate`. */
export const rotateScimTokenRequestSchema = z
  .strictObject({
    overlapHours: z
      .number()
      .min(0)
      .max(720)
      .meta({ description: 'Hours for which the previous token stays valid; 24 by default.', example: 24 })
      .optional(),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'RotateScimTokenRequest', description: 'How the next token replaces the current one.' });

/** Answer of `POST /v1/tenants/{id}/scim-tokens/{name}:rotate`. */
export const scimTokenRotatedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    name: slug,
    token,
    baseUrl,
    expiresAt: timestamp.optional(),
    previousUntil: timestamp.meta({ description: 'Until when the previous token stays valid.' }),
  })
  .meta({ id: 'ScimTokenRotated', description: 'A new token of the same name. Shown once.' });

/** Body of `POST /v1/tenants/{id}/scim-tokens/{name}:revoke`. */
export const revokeScimTokenRequestSchema = z
  .strictObject({ prefix: prefix.optional() })
  .meta({ id: 'RevokeScimTokenRequest', description: 'The token of this name to revoke; all of them by default.' });

/** Answer of `POST /v1/tenants/{id}/scim-tokens/{name}:revoke`. */
export const scimTokenRevokedSchema = z
  .strictObject({ tenantId: tenantIdSchema, name: slug, revoked: z.int().min(0) })
  .meta({
    id: 'ScimTokenRevoked',
    description: 'How many tokens were revoked, not counting those that had already ended.',
  });
