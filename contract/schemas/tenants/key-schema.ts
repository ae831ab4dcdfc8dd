import { z } from 'zod';
import { tenantIdSchema, timestamp } from '../common';
import { auditedReason } from '../request-schemas';

const keyGeneration = z
  .strictObject({
    generation: z.int().min(1),
    provider: z.enum(['local', 'aws-kms']).meta({ description: 'The keeper of the key that wraps this one.' }),
    keyId: z.string().meta({
      description: 'The wrapping key: an id of the control plane’s key ring, or the ARN of the tenant’s own key.',
      example: 'k1',
    }),
    region: z.string().meta({ description: 'Region of the tenant’s own key.', example: 'eu-central' }).optional(),
    createdAt: timestamp,
    destroyedAt: timestamp.optional(),
  })
  .meta({ id: 'KeyGeneration', description: 'Facts about one of a tenant’s data keys; never the key itself.' });

/** Answer of `GET /v1/tenants/{id}/keys`. */
export const tenantKeysSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    state: z.enum(['present', 'destroyed']),
    generations: z.array(keyGeneration).meta({ description: 'Newest first.' }),
  })
  .meta({
    id: 'TenantKeys',
    description: 'The data key of a tenant, which encrypts its order, secrets and configuration.',
  });

/** Answer of `POST /v1/tenants/{id}/keys:rotate`. */
export const keyRotatedSchema = z.strictObject({ tenantId: tenantIdSchema, generation: z.int().min(1) }).meta({
  id: 'KeyRotated',
  description: 'Everything is now encrypted under this generation; the previous one is destroyed.',
});

/** Body of `POST /v1/tenants/{id}/keys:destroy`. */
export const destroyKeyRequestSchema = z
  .strictObject({
    confirm: z.string().max(100).meta({ description: 'The tenant’s name, to confirm.', example: 'acme-bikes' }),
    reason: auditedReason,
    whileActive: z
      .boolean()
      .meta({ description: 'Must be true for an active tenant, which becomes unusable.' })
      .optional(),
  })
  .meta({
    id: 'DestroyKeyRequest',
    description: 'Makes everything that is encrypted for a tenant unreadable. This cannot be undone.',
  });

/** Answer of `POST /v1/tenants/{id}/keys:destroy`. */
export const keyDestroyedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    state: z.literal('destroyed'),
    ownKeyGoneAt: timestamp
      .meta({ description: 'When the tenant’s own key will be deleted; it already decrypts nothing.' })
      .optional(),
  })
  .meta({ id: 'KeyDestroyed', description: 'Everything that was encrypted for the tenant is now unreadable.' });
