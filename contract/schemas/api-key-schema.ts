import { z } from 'zod';
import { tenantIdSchema, timestamp } from './common';
import { slug } from './slug';

const prefix = z
  .string()
  .regex(/^ak_[0-9a-f]{8}$/, 'Must be the beginning of a key, such as ak_1f2e3d4c.')
  .meta({ description: 'The part of the key it is recognised by.', example: 'ak_1f2e3d4c' });

const scopes = z.array(z.string()).meta({ example: ['data:read'] });

const apiKey = z
  .strictObject({
    name: slug.meta({ example: 'default' }),
    prefix: z.string().meta({ example: 'ak_1f2e3d4c' }),
    scopes,
    state: z.enum(['current', 'superseded', 'expired', 'revoked']).meta({
      description: '`superseded`: another key of the name has taken over; this one is good until it expires.',
    }),
    createdAt: timestamp,
    expiresAt: timestamp.optional(),
    lastUsedAt: timestamp.meta({ description: 'To some seconds.' }).optional(),
  })
  .meta({ id: 'ApiKey', description: 'A key a tenant’s own programs call the product with; never the key itself.' });

/** Answer of `GET /v1/tenants/{id}/api-keys`. */
export const apiKeysSchema = z
  .strictObject({ tenantId: tenantIdSchema, apiKeys: z.array(apiKey) })
  .meta({ id: 'ApiKeys', description: 'Every API key a tenant has had, by name, the newest first.' });

const expiresInDays = z
  .int()
  .min(1)
  .max(3650)
  .meta({ description: 'Days until the new key expires; it does not unless told.', example: 365 });

/** Body of `POST /v1/tenants/{id}/api-keys`. */
export const createApiKeyRequestSchema = z
  .strictObject({
    name: slug.meta({ description: 'Of its own: no key in use has it.', example: 'warehouse' }),
    scopes: z
      .array(z.string().max(100))
      .min(1, 'Name at least one scope.')
      .max(100)
      .meta({ description: 'Of those that keys of the tenant’s plan have.', example: ['records:read'] }),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'CreateApiKeyRequest', description: 'One more API key for a tenant.' });

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
      .meta({ description: 'Hours the key before stays good; 24 unless told.', example: 24 })
      .optional(),
    expiresInDays: expiresInDays.optional(),
  })
  .meta({ id: 'RotateApiKeyRequest', description: 'How the change from one key to the next goes.' });

/** Answer of `POST /v1/tenants/{id}/api-keys/{name}:rotate`. */
export const apiKeyRotatedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    name: slug,
    key: z.string().meta({ description: 'The new key. It is not shown again.' }),
    expiresAt: timestamp.optional(),
    previousUntil: timestamp.meta({ description: 'Until when the key before is good.' }),
  })
  .meta({ id: 'ApiKeyRotated', description: 'A new key of the name. Shown once.' });

/** Body of `POST /v1/tenants/{id}/api-keys/{name}:revoke`. */
export const revokeApiKeyRequestSchema = z
  .strictObject({ prefix: prefix.optional() })
  .meta({ id: 'RevokeApiKeyRequest', description: 'Which key of the name; all of them unless told.' });

/** Answer of `POST /v1/tenants/{id}/api-keys/{name}:revoke`. */
export const apiKeyRevokedSchema = z
  .strictObject({ tenantId: tenantIdSchema, name: slug, revoked: z.int().min(0) })
  .meta({ id: 'ApiKeyRevoked', description: 'How many keys were ended; those ended before do not count.' });

/** Body of `POST /v1/api-keys:verify`. */
export const verifyApiKeyRequestSchema = z
  .strictObject({
    key: z.string().max(200, 'Is longer than any key.').meta({ description: 'What somebody has presented.' }),
  })
  .meta({ id: 'VerifyApiKeyRequest' });

/** Answer of `POST /v1/api-keys:verify`. */
export const apiKeyVerifiedSchema = z
  // Told apart by a boolean, which no OpenAPI discriminator can name.
  .union([
    z.strictObject({ valid: z.literal(false) }).meta({ id: 'InvalidApiKey' }),
    z
      .strictObject({
        valid: z.literal(true),
        tenantId: tenantIdSchema,
        name: slug,
        scopes,
        expiresAt: timestamp.optional(),
      })
      .meta({ id: 'ValidApiKey' }),
  ])
  .meta({
    id: 'ApiKeyVerified',
    description: 'Whose the key is and what it may; or that it is good for nothing, and not why.',
  });
