import { z } from 'zod';
import { FINDING_REASONS, SWEEP_COUNTS, SWEEP_STATES } from '../maintenance/sweeps';
import { pageOf, sweepIdSchema, tenantIdSchema, timestamp } from './common';

/** Body of `POST /v1/sweeps`. */
export const sweepRequestSchema = z
  .strictObject({
    dryRun: z
      .boolean()
      .meta({ description: 'Only find and report; quarantine, remove and resume nothing. True by default.' })
      .optional(),
    tenants: z
      .array(tenantIdSchema)
      .max(100, 'Names more than 100 tenants. Sweep several times.')
      .meta({
        description:
          'Tenants unknown to the registry whose resources may be removed nevertheless, once their grace period has passed. Check first whether they belong to another installation, or whether the registry was restored to an older state.',
      })
      .optional(),
  })
  .meta({ id: 'SweepRequest', description: 'Looks for lost runs and orphaned resources.' });

/** The response to a request for a sweep. */
export const sweepAcceptedSchema = z
  .strictObject({ sweepId: sweepIdSchema })
  .meta({ id: 'SweepAccepted', description: 'The sweep has begun; follow it by its id.' });

/** A lost run or an orphaned resource that a sweep has found. */
export const findingSchema = z
  .strictObject({
    reason: z.enum(FINDING_REASONS).meta({
      description:
        '`orphan`: a resource that carries our marks, but has no row in the ledger. `unknown-tenant`: a resource of a tenant that the registry does not know. `lost-run`: an operation that has not ended, but has no run.',
    }),
    kind: z.string().meta({ example: 'bucket' }),
    provider: z.string().meta({ example: 'versity' }),
    region: z.string().meta({ description: '`global` for what belongs to no region.', example: 'eu-central' }),
    cell: z.string().optional(),
    name: z.string(),
    id: z.string().meta({ description: 'Id at the provider; for a lost run the id of its operation.' }),
    tenantId: z.string(),
    operationId: z.string().optional(),
    state: z
      .enum(['quarantined', 'resolving', 'resolved', 'released'])
      .meta({
        description:
          '`resolved`: the sweeper has dealt with it. `released`: nothing needed to be done. Absent in a dry run.',
      })
      .optional(),
    lastError: z.string().meta({ description: 'Why the last attempt to deal with it failed.' }).optional(),
    foundBy: sweepIdSchema.optional(),
    foundAt: timestamp.optional(),
    lastSeenAt: timestamp.optional(),
    dueAt: timestamp.meta({ description: 'Earliest time at which the sweeper acts on it.' }).optional(),
    resolvedAt: timestamp.optional(),
  })
  .meta({ id: 'Finding', description: 'A lost run or an orphaned resource that a sweep has found.' });

/** A sweep; its findings are included when it is requested by id. */
export const sweepSchema = z
  .strictObject({
    sweepId: sweepIdSchema,
    requestedBy: z.string().meta({ example: 'schedule' }),
    dryRun: z.boolean(),
    state: z
      .enum(SWEEP_STATES)
      .meta({ description: '`refused`: the sweep did not begin, because the ledger is empty; nothing was touched.' }),
    reason: z.string().meta({ description: 'Why the sweep was refused or failed.' }).optional(),
    counts: z
      .strictObject(Object.fromEntries(SWEEP_COUNTS.map((count) => [count, z.int().min(0)])))
      .partial()
      .meta({
        description:
          'Findings by reason, the actions taken on findings, and problems. Empty until the sweep has ended.',
      }),
    problems: z.array(z.string()).meta({ description: 'What could not be checked or done, each with the cause.' }),
    startedAt: timestamp,
    endedAt: timestamp.optional(),
    findings: z
      .array(findingSchema)
      .meta({ description: 'Findings that are new in this sweep; for a dry run, all of them. At most 1000.' })
      .optional(),
  })
  .meta({ id: 'Sweep', description: 'One search for lost runs and orphaned resources.' });

/** A page of sweeps. */
export const sweepPageSchema = pageOf(sweepSchema, 'SweepPage');

/** A page of findings. */
export const findingPageSchema = pageOf(findingSchema, 'FindingPage');

/** A sweep. */
export type Sweep = z.infer<typeof sweepSchema>;

/** A lost run or an orphaned resource that a sweep has found. */
export type FindingView = z.infer<typeof findingSchema>;
