import { z } from 'zod';
import { FINDING_REASONS, SWEEP_COUNTS, SWEEP_STATES } from '../sweeps';
import { pageOf, sweepIdSchema, tenantIdSchema, timestamp } from './common';

/** Body of `POST /v1/sweeps`. */
export const sweepRequestSchema = z
  .strictObject({
    dryRun: z
      .boolean()
      .meta({ description: 'Finds and reports; quarantines, removes and resumes nothing. True unless told.' })
      .optional(),
    tenants: z
      .array(tenantIdSchema)
      .max(100, 'Names more than 100 tenants. Sweep several times.')
      .meta({
        description:
          'Tenants the registry has never heard of whose things may be removed all the same, once their grace has passed. Look first whether they belong to another installation, or to a registry that was restored.',
      })
      .optional(),
  })
  .meta({ id: 'SweepRequest', description: 'Looks for what no run sees.' });

/** The answer to a sweep that was asked for. */
export const sweepAcceptedSchema = z
  .strictObject({ sweepId: sweepIdSchema })
  .meta({ id: 'SweepAccepted', description: 'The sweep has begun; follow it.' });

/** Something a sweep has met that nobody owns. */
export const findingSchema = z
  .strictObject({
    reason: z.enum(FINDING_REASONS).meta({
      description:
        '`orphan`: ours by its marks, nobody’s by the ledger. `unknown-tenant`: the registry has never heard of its tenant. `lost-run`: an operation that has not ended, and no run that works on it.',
    }),
    kind: z.string().meta({ example: 'bucket' }),
    provider: z.string().meta({ example: 'versity' }),
    region: z.string().meta({ description: '`global` for what belongs to none.', example: 'eu-central' }),
    cell: z.string().optional(),
    name: z.string(),
    id: z.string().meta({ description: 'The provider’s id; an operation’s for a lost run.' }),
    tenantId: z.string(),
    operationId: z.string().optional(),
    state: z
      .enum(['quarantined', 'resolving', 'resolved', 'released'])
      .meta({
        description:
          '`resolved`: something was done about it. `released`: there was nothing to be done. Absent in a dry run.',
      })
      .optional(),
    lastError: z.string().meta({ description: 'Why the last attempt to do something about it failed.' }).optional(),
    foundBy: sweepIdSchema.optional(),
    foundAt: timestamp.optional(),
    lastSeenAt: timestamp.optional(),
    dueAt: timestamp.meta({ description: 'Before that nothing is done about it.' }).optional(),
    resolvedAt: timestamp.optional(),
  })
  .meta({ id: 'Finding', description: 'Something a sweep has met that nobody owns.' });

/** A sweep, with its findings when it is asked for by id. */
export const sweepSchema = z
  .strictObject({
    sweepId: sweepIdSchema,
    requestedBy: z.string().meta({ example: 'schedule' }),
    dryRun: z.boolean(),
    state: z.enum(SWEEP_STATES).meta({ description: '`refused`: it did not dare to begin; nothing was touched.' }),
    reason: z.string().meta({ description: 'Why it was refused or failed.' }).optional(),
    counts: z
      .strictObject(Object.fromEntries(SWEEP_COUNTS.map((count) => [count, z.int().min(0)])))
      .partial()
      .meta({
        description: 'Findings met by reason, what was done about any, and problems. Empty until it has ended.',
      }),
    problems: z.array(z.string()).meta({ description: 'What could not be looked at or done, each with why.' }),
    startedAt: timestamp,
    endedAt: timestamp.optional(),
    findings: z
      .array(findingSchema)
      .meta({ description: 'What it was the first to meet; of a dry run all it met. At most 1000.' })
      .optional(),
  })
  .meta({ id: 'Sweep', description: 'One look for what no run sees.' });

/** A page of sweeps. */
export const sweepPageSchema = pageOf(sweepSchema, 'SweepPage');

/** A page of findings. */
export const findingPageSchema = pageOf(findingSchema, 'FindingPage');

/** A sweep. */
export type Sweep = z.infer<typeof sweepSchema>;

/** Something a sweep has met that nobody owns. */
export type FindingView = z.infer<typeof findingSchema>;
