import { z } from 'zod';
import { OPERATION_KINDS } from '../operations/kinds';
import { STEPS } from '../operations/steps';
import { timestamp } from './common';

const seconds = z.number().min(0);
const count = z.int().min(0);

const wait = z
  .strictObject({
    operations: count.meta({ description: 'How many operations waited.' }),
    averageSeconds: seconds.optional(),
    p95Seconds: seconds.optional(),
  })
  .meta({ id: 'WaitMetrics', description: 'How long those operations waited that did; without times if none did.' });

const failurePoint = z
  .strictObject({
    step: z.string().meta({ example: 'integrations' }),
    type: z.string().meta({ description: 'A type of the failure catalogue.', example: 'PaymentMethodDeclined' }),
    count,
    advice: z.string().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'FailurePoint', description: 'A step and the failure that ended operations there.' });

const bottleneck = z
  .strictObject({
    part: z
      .enum([...STEPS, 'waiting'])
      .meta({ description: 'A step; or `waiting`, when no attempt of a step was under way.' }),
    label: z.string().meta({ example: 'Create the organization and its first admin' }),
    operations: count.meta({ description: 'How many operations it delayed.' }),
    averageSeconds: seconds.meta({ description: 'How long it delayed each of them.' }),
    share: z.number().min(0).max(1).meta({ description: 'Part of the time that all operations took.', example: 0.31 }),
  })
  .meta({ id: 'Bottleneck', description: 'A part of the critical path of the operations that succeeded.' });

const group = z
  .strictObject({
    key: z.string().nullable().optional().meta({
      description:
        'Value of `groupBy`: a plan, a region, a template’s id and version, or a day. Null for operations whose region is not chosen yet; absent without `groupBy`.',
      example: 'professional',
    }),
    count: count.meta({ description: 'Operations requested in the period.' }),
    running: count.meta({ description: 'Of these, how many have not ended.' }),
    succeeded: count,
    failed: z
      .strictObject({ total: count, failed: count, rejected: count, cancelled: count })
      .meta({ id: 'FailedMetrics', description: 'Operations that ended without success, by outcome.' }),
    successRate: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'Succeeded, of those that have ended; absent if none has.', example: 0.98 }),
    duration: z.strictObject({ averageSeconds: seconds, p50Seconds: seconds, p95Seconds: seconds }).optional().meta({
      id: 'DurationMetrics',
      description: 'From request to end, of the operations that succeeded; absent if none has.',
    }),
    waiting: z
      .strictObject({ approval: wait, hold: wait, compensation: wait })
      .meta({ id: 'WaitingMetrics', description: 'Time in these statuses, of all operations that have ended.' }),
    failurePoints: z.array(failurePoint).meta({ description: 'The commonest, at most five.' }),
    bottlenecks: z.array(bottleneck).meta({ description: 'Longest first.' }),
    use: z
      .strictObject({
        resources: z.array(z.strictObject({ provider: z.string(), kind: z.string(), count })).meta({
          description: 'Resources that were made, including those that were removed again.',
        }),
        attempts: count.meta({ description: 'Attempts of activities.' }),
        retries: count.meta({ description: 'Attempts that followed another one.' }),
        retryWaitSeconds: seconds.meta({ description: 'Pauses before retries, added up.' }),
      })
      .meta({ id: 'UseMetrics', description: 'What the operations that have ended used.' }),
  })
  .meta({ id: 'ProvisioningGroup', description: 'The numbers of a group of operations.' });

/** Answer of `GET /v1/metrics/provisioning`. */
export const provisioningMetricsSchema = z
  .strictObject({
    from: timestamp,
    to: timestamp,
    timeZone: z.string().meta({ example: 'UTC' }),
    kind: z.enum(OPERATION_KINDS),
    groups: z
      .array(group)
      .meta({ description: 'Sorted by key; one group without `groupBy`, none if there are no operations.' }),
  })
  .meta({ id: 'ProvisioningMetrics', description: 'Numbers about the operations that were requested in a period.' });

/** Numbers about the operations that were requested in a period. */
export type ProvisioningMetrics = z.infer<typeof provisioningMetricsSchema>;
