import { z } from 'zod';
import { PLANS } from '../order';
import { STEPS } from '../steps';
import { backupSummarySchema } from './backup-schema';
import { operationIdSchema, pageOf, tenantIdSchema, timestamp } from './common';

const tenantResource = z
  .strictObject({
    kind: z.string().meta({ example: 'bucket' }),
    provider: z.string().meta({ example: 'versity' }),
    region: z.string().meta({ example: 'eu-central' }),
    id: z.string(),
    state: z.enum(['intended', 'present', 'closing', 'absent', 'accepted', 'scheduled_for_deletion']),
    step: z.string().meta({ example: 'storage-and-compute' }).optional(),
    facts: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What the provider told of it; never secrets.' })
      .optional(),
  })
  .meta({ id: 'TenantResource', description: 'One row of the ledger: something made, or about to be, at a provider.' });

const skippedStep = z
  .strictObject({
    step: z.enum(STEPS),
    reason: z.string().meta({ example: 'Billed by hand, contract on paper.' }),
    by: z.string().meta({ description: 'Who decided.', example: 'token:operator' }),
    at: timestamp,
  })
  .meta({ id: 'SkippedStep', description: 'A step that an operator has left out; what it makes, the tenant lacks.' });

const storageUsage = z
  .strictObject({
    bytes: z.int().meta({ description: 'Of all versions of all objects.', example: 1_200_000_000 }),
    versions: z.int().meta({ example: 5312 }),
    quotaBytes: z.int().meta({ example: 5_000_000_000 }).optional(),
    writable: z.boolean().meta({ description: 'False above the quota: objects can be read and deleted only.' }),
    overSince: timestamp.meta({ description: 'Since when it is above its quota.' }).optional(),
    measuredAt: timestamp,
  })
  .meta({ id: 'StorageUsage', description: 'What the tenant’s bucket held when it was measured last.' });

const placementReason = z
  .strictObject({
    cell: z.string().meta({ example: 'cell-1' }),
    units: z.number().meta({
      description: 'What it takes of the cell: one tenant of a database, one bucket, or milli-CPU.',
      example: 1,
    }),
    candidates: z
      .array(
        z.strictObject({
          cell: z.string().meta({ example: 'cell-1' }),
          capacity: z.number().meta({ example: 500 }),
          free: z.number().meta({ description: 'Units free before this tenant.', example: 312 }),
        }),
      )
      .meta({
        description: 'The cells that qualified, as they were at that moment, the one with the most room first.',
      }),
  })
  .meta({ id: 'PlacementReason', description: 'Why the tenant is in this cell: it had the most free units.' });

/** A tenant, with its resources and skipped steps when it is asked for by id. */
export const tenantSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    tenantName: z.string().meta({ example: 'acme-bikes' }),
    plan: z.enum(PLANS),
    region: z.string().optional(),
    status: z.string().meta({ description: 'Status of its newest operation.', example: 'active' }),
    operationId: operationIdSchema.optional(),
    createdAt: timestamp,
    placement: z
      .record(z.string(), z.string())
      .meta({
        description: 'The cells and host name reserved for it.',
        example: { database: 'cell-1', network: 'acme-bikes.example.com' },
      })
      .optional(),
    placementReasons: z
      .record(z.string(), placementReason)
      .meta({ description: 'Why each cell was taken, by what it is for; absent in lists.' })
      .optional(),
    resources: z.array(tenantResource).optional(),
    skippedSteps: z.array(skippedStep).optional(),
    storage: storageUsage.optional(),
    lastGoodBackup: backupSummarySchema
      .meta({ description: 'The newest backup that is complete; absent while there is none.' })
      .optional(),
    lastGoodRestore: backupSummarySchema
      .meta({ description: 'The newest backup that was restored into a scratch tenant and found whole.' })
      .optional(),
  })
  .meta({ id: 'Tenant', description: 'A customer’s isolated share of the product.' });

/** A page of tenants. */
export const tenantPageSchema = pageOf(tenantSchema, 'TenantPage');

/** A tenant. */
export type Tenant = z.infer<typeof tenantSchema>;
