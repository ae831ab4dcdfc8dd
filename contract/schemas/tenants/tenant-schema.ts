import { z } from 'zod';
import { PLANS } from '../../orders/order';
import { OPERATION_KINDS } from '../../operations/kinds';
import { STATUSES } from '../../operations/states';
import { STEPS } from '../../operations/steps';
import { ACCESSES } from '../../tenants/access';
import { TENANT_STATES } from '../../tenants/states';
import { backupSummarySchema } from './backup-schema';
import { operationIdSchema, pageOf, tenantIdSchema, timestamp } from '../common';
import { REMOVAL_REASONS, SUSPENSION_REASONS } from '../../tenants/reasons';
import { trialSchema } from './trial-schema';

const tenantResource = z
  .strictObject({
    kind: z.string().meta({ example: 'bucket' }),
    provider: z.string().meta({ example: 'versity' }),
    region: z.string().meta({ example: 'eu-central' }),
    id: z.string(),
    state: z.enum(['intended', 'present', 'changing', 'closing', 'absent', 'accepted', 'scheduled_for_deletion']),
    step: z.string().meta({ example: 'storage-and-compute' }).optional(),
    facts: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Facts about the resource from its provider; never secrets.' })
      .optional(),
  })
  .meta({
    id: 'TenantResource',
    description: 'A row of the ledger: a resource that was made, or is about to be made, at a provider.',
  });

const skippedStep = z
  .strictObject({
    step: z.enum(STEPS),
    reason: z.string().meta({ example: 'Billed by hand, contract on paper.' }),
    by: z.string().meta({ description: 'Who decided.', example: 'token:operator' }),
    at: timestamp,
  })
  .meta({
    id: 'SkippedStep',
    description: 'A step that an operator skipped. The tenant lacks what the step would make.',
  });

const storageUsage = z
  .strictObject({
    bytes: z.int().meta({ description: 'Size of all versions of all objects.', example: 1_200_000_000 }),
    versions: z.int().meta({ example: 5312 }),
    quotaBytes: z.int().meta({ example: 5_000_000_000 }).optional(),
    writable: z.boolean().meta({ description: 'False above the quota: objects can then only be read and deleted.' }),
    overSince: timestamp.meta({ description: 'Since when the bucket has been above its quota.' }).optional(),
    measuredAt: timestamp,
  })
  .meta({ id: 'StorageUsage', description: 'The content of the tenant’s bucket at its last measurement.' });

const placementReason = z
  .strictObject({
    cell: z.string().meta({ example: 'cell-1' }),
    units: z.number().meta({
      description: 'Capacity that the tenant takes of the cell: one tenant of a database, one bucket, or milli-CPU.',
      example: 1,
    }),
    candidates: z
      .array(
        z.strictObject({
          cell: z.string().meta({ example: 'cell-1' }),
          capacity: z.number().meta({ example: 500 }),
          free: z.number().meta({ description: 'Free units before this tenant was placed.', example: 312 }),
        }),
      )
      .meta({
        description: 'The cells that qualified, as they were at the time of placement, most free units first.',
      }),
  })
  .meta({ id: 'PlacementReason', description: 'Why the tenant is in this cell: it had the most free units.' });

const suspension = z
  .strictObject({
    reason: z.enum(SUSPENSION_REASONS),
    since: timestamp.meta({ description: 'When everything was closed.' }),
    operationId: operationIdSchema.meta({ description: 'The operation that suspended the tenant.' }),
  })
  .meta({ id: 'Suspension', description: 'Why a tenant is suspended; absent in any other state.' });

const removal = z
  .strictObject({
    graceDays: z.int().meta({ description: 'Days between the announcement and the deletion.', example: 30 }),
    export: z.boolean().meta({ description: 'Whether everything is exported before.' }),
    reason: z
      .enum(REMOVAL_REASONS)
      .meta({ description: 'Why the tenant leaves or has left; absent while no removal was asked for.' })
      .optional(),
    operationId: operationIdSchema.meta({ description: 'The removal; absent while none was asked for.' }).optional(),
  })
  .meta({
    id: 'TenantRemoval',
    description:
      'The removal of a tenant that is leaving or gone. Of any other tenant, when it is requested by id: what a removal does unless its request says otherwise. Absent if a tenant is gone without a removal.',
  });

const openOperation = z
  .strictObject({ operationId: operationIdSchema, kind: z.enum(OPERATION_KINDS), status: z.enum(STATUSES) })
  .meta({
    id: 'OpenOperation',
    description: 'The operation of the tenant that has not ended; absent if there is none.',
  });

const standingHold = z
  .strictObject({
    since: timestamp,
    until: timestamp.meta({ description: 'Absent: until it is lifted.' }).optional(),
  })
  .meta({
    id: 'StandingLegalHold',
    description:
      'The legal hold that stands on the tenant; absent if none does. While it stands, nothing of the tenant is deleted.',
  });

const arrears = z
  .strictObject({
    since: timestamp.meta({ description: 'When the oldest unpaid invoice could first not be collected.' }),
    actionRequired: z.boolean().meta({ description: 'Whether the owner of the payment method has to authenticate.' }),
  })
  .meta({ id: 'Arrears', description: 'An invoice that is due is not paid; absent if none is.' });

/** A tenant; its resources and skipped steps are included when it is requested by id. */
export const tenantSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    tenantName: z.string().meta({ example: 'acme-bikes' }),
    plan: z.enum(PLANS),
    region: z.string().optional(),
    state: z.enum(TENANT_STATES).meta({
      description:
        '`provisioning`: ordered, or being undone with leftovers that hold the name. `suspended`: switched off for now. `leaving`: closed, and to be removed; `removalAt` says when. `gone`: nothing is left but its history, and its name is free unless it was kept.',
      example: 'active',
    }),
    stateSince: timestamp.meta({ description: 'When the tenant came into this state.' }),
    access: z.enum(ACCESSES).meta({
      description: 'How far the tenant may use what it has. Other than `open` while it is suspended.',
      example: 'open',
    }),
    suspension: suspension.optional(),
    removalAt: timestamp
      .meta({ description: 'While leaving: when the tenant is to be removed, once that was announced.' })
      .optional(),
    removal: removal.optional(),
    arrears: arrears.optional(),
    status: z.string().meta({ description: 'Status of the operation that provisioned it.', example: 'active' }),
    operationId: operationIdSchema.meta({ description: 'The operation that provisioned it.' }).optional(),
    createdAt: timestamp,
    openOperation: openOperation.optional(),
    verbs: z
      .array(z.enum(OPERATION_KINDS))
      .meta({ description: 'The operations that may begin now; none while one is open.', example: ['suspend'] }),
    legalHold: standingHold.optional(),
    trial: trialSchema.optional(),
    placement: z
      .record(z.string(), z.string())
      .meta({
        description: 'The cells and the host name that are reserved for the tenant.',
        example: { database: 'cell-1', network: 'acme-bikes.example.com' },
      })
      .optional(),
    placementReasons: z
      .record(z.string(), placementReason)
      .meta({ description: 'Why each cell was chosen, by purpose; absent in lists.' })
      .optional(),
    hasExport: z
      .boolean()
      .meta({
        description: 'Whether the tenant was exported, also for a removal that was called off; absent in lists.',
      })
      .optional(),
    hasCertificate: z
      .boolean()
      .meta({ description: 'Whether the certificate of its removal was issued; absent in lists.' })
      .optional(),
    resources: z.array(tenantResource).optional(),
    skippedSteps: z.array(skippedStep).optional(),
    storage: storageUsage.optional(),
    lastGoodBackup: backupSummarySchema
      .meta({ description: 'The newest complete backup; absent while there is none.' })
      .optional(),
    lastGoodRestore: backupSummarySchema
      .meta({ description: 'The newest backup that was restored into a scratch tenant and matched the original data.' })
      .optional(),
  })
  .meta({ id: 'Tenant', description: 'A customer’s isolated share of the product.' });

/** A page of tenants. */
export const tenantPageSchema = pageOf(tenantSchema, 'TenantPage');

/** A tenant. */
export type Tenant = z.infer<typeof tenantSchema>;
