import { z } from 'zod';
import { tenantIdSchema } from './common';

const facts = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Facts about the resource from its provider; never secrets.' });

const resource = z
  .strictObject({
    kind: z.string().meta({ example: 'postgres-schema' }),
    provider: z.string().meta({ example: 'postgres' }),
    region: z.string().meta({ example: 'eu-central' }),
    id: z.string(),
    facts: facts.optional(),
  })
  .meta({ id: 'ProvisionedResource', description: 'A resource made at a provider.' });

/** The result of an order: `TenantProvisioningResult`. It holds no secrets; those are handed out through the claim link. */
export const resultSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    status: z.enum(['success', 'pending', 'failed']),
    resources: z
      .strictObject({ database: z.array(resource), storage: z.array(resource), compute: z.array(resource) })
      .meta({ description: 'Existing resources by purpose.' }),
    configuration: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The application’s configuration, by section.' })
      .optional(),
    credentials: z
      .strictObject({
        adminAccessUrl: z.url().meta({ description: 'Where the first admin logs in.' }).optional(),
      })
      .optional(),
    estimatedCompletionTime: z.iso
      .datetime()
      .meta({
        description:
          'The likely time of completion; absent while people have to decide, or if too few earlier operations are known.',
      })
      .optional(),
    errors: z.array(z.string()).optional(),
  })
  .meta({ id: 'TenantProvisioningResult', description: 'The result of an order.' });

/** The result of an order. */
export type TenantProvisioningResult = z.infer<typeof resultSchema>;
