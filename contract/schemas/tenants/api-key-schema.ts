import { z } from 'zod';
import { CLOSED_REASONS } from '../../tenants/access';
import { tenantIdSchema, timestamp } from '../common';
import { slug } from '../values/slug';

const prefix = z
  .string()
  .regex(/^ak_[0-9a-f]{8}$/, 'Must be the beginning of a key, such as ak_1f2e3d4c.')
  .meta({ description: 'The beginning of the key, which identifies it.', example: 'ak_1f2e3d4c' });

const scopes = z.array(z.string()).meta({ example: ['data:read'] });

const apiKey = z
  .strictObject({
    name: slug.meta({ example: 'default' }),
    prefix: z.string().meta({ example: 'ak_1f2e3d4c' }),
    scopes,
    state: z.enum(['current', 'superseded', 'expired', 'revoked']).meta({
      description: '`superseded`: a newer key of the same name replaces this one, which stays valid until it expires.',
    }),
    createdAt: timestamp,
    expiresAt: timestamp.optional(),
    lastUsedAt: timestamp.meta({ description: 'Accurate to a few seconds.' }).optional(),
  })
  .meta({
    id: 'ApiKey',
    description: 'Facts about a key with which a tenant’s own programs call the product; never the key itself.',
  });

/** Answer of `GET /v1/tenants/{id}/api-keys`. */
export const apiKeysSchema = z
  .strictObject({ tenantId: tenantIdSchema, apiKeys: z.array(apiKey) })
  .meta({ id: 'ApiKeys', description: 'Every API key a tenant has ever had, by name, newest first.' });

const expiresInDays = z
  .int()
  .min(1)
  .max(3650)
  .meta({ description: 'Days until the new key expires; without it the key does not expire.', example: 365 });

/** Body of `POST /v1/tenants/{id}/api-keys`. */
export const createApiKeyRequestSchema = z
  .strictObject({
    name: slug.meta({ description: 'A name that no key in use has.', example: 'warehouse' }),
    scopes: z
      .array(z.string().max(100))
      .min(1, 'Name at least one scope.')
      .max(100)
      .meta({ description: 'Scopes that keys of the tenant’s plan may have.', example: ['records:read'] }),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'CreateApiKeyRequest', description: 'Creates another API key for a tenant.' });

/** Answer of `POST /v1/tenants/{id}/api-keys`. */
export const apiKeyCreatedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    name: slug,
    key: z.string().meta({ description: 'The new key. It is not shown again.' }),
    scopes,
    expiresAt: timestamp.optional(),
  })
  .meta({ id: 'ApiKeyCreated', description: 'A new key. Shown once.' });

/** Body of `POST /v1/tenants/{id}/api-keys/{name}:rotate`. */
export const rotateApiKeyRequestSchema = z
  .strictObject({
    overlapHours: z
      .number()
      .min(0)
      .max(720)
      .meta({ description: 'Hours for which the previous key stays valid; 24 by default.', example: 24 })
      .optional(),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'RotateApiKeyRequest', description: 'How the next key replaces the current one.' });

/** Answer of `POST /v1/tenants/{id}/api-keys/{name}:rotate`. */
export const apiKeyRotatedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    name: slug,
    key: z.string().meta({ description: 'The new key. It is not shown again.' }),
    expiresAt: timestamp.optional(),
    previousUntil: timestamp.meta({ description: 'Until when the previous key stays valid.' }),
  })
  .meta({ id: 'ApiKeyRotated', description: 'A new key of the same name. Shown once.' });

/** Body of `POST /v1/tenants/{id}/api-keys/{name}:revoke`. */
export const revokeApiKeyRequestSchema = z
  .strictObject({ prefix: prefix.optional() })
  .meta({ id: 'RevokeApiKeyRequest', description: 'The key of this name to revoke; all of them by default.' });

/** Answer of `POST /v1/tenants/{id}/api-keys/{name}:revoke`. */
export const apiKeyRevokedSchema = z
  .strictObject({ tenantId: tenantIdSchema, name: slug, revoked: z.int().min(0) })
  .meta({ id: 'ApiKeyRevoked', description: 'How many keys were revoked, not counting keys that had already ended.' });

/** Body of `POST /v1/api-keys:verify`. */
export const verifyApiKeyRequestSchema = z
  .strictObject({
    key: z.string().max(200, 'Is longer than any key.').meta({ description: 'The key that a caller has presented.' }),
  })
  .meta({ id: 'VerifyApiKeyRequest' });

/** Answer of `POST /v1/api-keys:verify`. */
export const apiKeyVerifiedSchema = z
  // A plain union: an OpenAPI discriminator cannot be a boolean.
  .union([
    z
      .strictObject({
        valid: z.literal(false),
        reason: z
          .enum(CLOSED_REASONS)
          .meta({
            description:
              'Only for a key that is neither revoked nor expired: its tenant is closed for now. Absent for any other key.',
          })
          .optional(),
      })
      .meta({ id: 'InvalidApiKey' }),
    z
      .strictObject({
        valid: z.literal(true),
        tenantId: tenantIdSchema,
        name: slug,
        scopes,
        access: z.enum(['open', 'read-only']).meta({
          description:
            '`read-only`: the tenant is suspended, and what it has may still be read. Allow the scopes of the key only as far as they read; the providers refuse to write.',
        }),
        expiresAt: timestamp.optional(),
      })
      .meta({ id: 'ValidApiKey' }),
  ])
  .meta({
    id: 'ApiKeyVerified',
    description:
      'The tenant, scopes and access of a valid key. An invalid key is only said to be invalid, unless it is current and its tenant is closed for now.',
  });
