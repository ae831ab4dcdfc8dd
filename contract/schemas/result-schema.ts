import { z } from 'zod';
import { tenantIdSchema } from './common';

const facts = z.record(z.string(), z.unknown()).meta({ description: 'What the provider told of it; never secrets.' });

const resource = z
  .strictObject({
    kind: z.string().meta({ example: 'postgres-schema' }),
    provider: z.string().meta({ example: 'postgres' }),
    region: z.string().meta({ example: 'eu-central' }),
    id: z.string(),
    facts: facts.optional(),
  })
  .meta({ id: 'ProvisionedResource', description: 'One thing made at a provider.' });

/** What came of an order: `TenantProvisioningResult`. Secrets are not in it; the claim link hands them out. */
export const resultSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    status: z.enum(['success', 'pending', 'failed']),
    resources: z
      .strictObject({ database: z.array(resource), storage: z.array(resource), compute: z.array(resource) })
      .meta({ description: 'What exists, by what it is for.' }),
    configuration: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Sections of the application’s configuration.' })
      .optional(),
    credentials: z
      .strictObject({
        adminAccessUrl: z.url().meta({ description: 'Where the first admin logs in.' }).optional(),
      })
      .optional(),
    estimatedCompletionTime: z.iso.datetime().optional(),
    errors: z.array(z.string()).optional(),
  })
  .meta({ id: 'TenantProvisioningResult', description: 'What came of an order.' });

/** What came of an order. */
export type TenantProvisioningResult = z.infer<typeof resultSchema>;
