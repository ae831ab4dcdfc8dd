import { z } from 'zod';
import { tenantIdSchema, timestamp } from './common';
import { auditedReason } from './request-schemas';

const keyGeneration = z
  .strictObject({
    generation: z.int().min(1),
    provider: z.enum(['local', 'aws-kms']).meta({ description: 'Who keeps the key that wraps this one.' }),
    keyId: z.string().meta({
      description: 'Which key wraps it: an id of the control plane’s key ring, or the ARN of the tenant’s own key.',
      example: 'k1',
    }),
    region: z.string().meta({ description: 'Where the tenant’s own key lies.', example: 'eu-central' }).optional(),
    createdAt: timestamp,
    destroyedAt: timestamp.optional(),
  })
  .meta({ id: 'KeyGeneration', description: 'One of the data keys a tenant has had. Never a key.' });

/** Answer of `GET /v1/tenants/{id}/keys`. */
export const tenantKeysSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    state: z.enum(['present', 'destroyed']),
    generations: z.array(keyGeneration).meta({ description: 'Newest first.' }),
  })
  .meta({
    id: 'TenantKeys',
    description: 'The data key of a tenant, under which lie its order, secrets and configuration.',
  });

/** Answer of `POST /v1/tenants/{id}/keys:rotate`. */
export const keyRotatedSchema = z.strictObject({ tenantId: tenantIdSchema, generation: z.int().min(1) }).meta({
  id: 'KeyRotated',
  description: 'Everything is encrypted under this generation now; the one before is gone.',
});

/** Body of `POST /v1/tenants/{id}/keys:destroy`. */
export const destroyKeyRequestSchema = z
  .strictObject({
    confirm: z.string().max(100).meta({ description: 'The name of the tenant.', example: 'acme-bikes' }),
    reason: auditedReason,
    whileActive: z
      .boolean()
      .meta({ description: 'Must be true for an active tenant: it cannot be used any more afterwards.' })
      .optional(),
  })
  .meta({
    id: 'DestroyKeyRequest',
    description: 'Ends everything that is encrypted for a tenant. There is no way back.',
  });

/** Answer of `POST /v1/tenants/{id}/keys:destroy`. */
export const keyDestroyedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    state: z.literal('destroyed'),
    ownKeyGoneAt: timestamp
      .meta({ description: 'When the tenant’s own key is gone; it opens nothing from now on.' })
      .optional(),
  })
  .meta({ id: 'KeyDestroyed', description: 'What was encrypted for the tenant cannot be read by anybody any more.' });
