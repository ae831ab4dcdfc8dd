import { z } from 'zod';
import {
  AGGREGATIONS,
  LARGEST_VALUE,
  MOST_RECORDS,
  OWN_SOURCE,
  QUOTA_LEVELS,
  QUOTA_PERIODS,
  RECORD_OUTCOMES,
  REFUSALS,
  USAGE_DAYS,
  type Refusal,
} from '../../usage/usage';
import { tenantIdSchema, timestamp } from '../common';
import { slug } from '../values/slug';

const meter = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,99}$/, 'Must be the name of a meter: a lower-case letter, then letters, digits and _.')
  .meta({ description: 'Name of the meter.', example: 'api_requests' });

// Ids are shown and kept, so nothing that could be a mail address fits.
const recordId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'Must be 1 to 128 letters, digits, dots, underscores, colons and hyphens.')
  .meta({
    description: 'Id of the record, unique for the tenant within the source. A record that is sent again counts once.',
    example: 'api-2026-01-31T12',
  });

const day = z.iso.date().meta({ description: 'A day in UTC.', example: '2026-01-31' });
const used = z.number().min(0);

const usageRecordSchema = z
  .strictObject({
    recordId,
    tenantId: tenantIdSchema,
    meter,
    at: z.iso
      .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z.' })
      .meta({
        description: `When it was used. At most ${USAGE_DAYS} days ago, and not in the future.`,
        example: '2026-01-31T12:00:00Z',
      }),
    value: z
      .int()
      .min(0)
      .max(LARGEST_VALUE)
      .meta({ description: 'How much was used, in the unit of the meter.', example: 1200 }),
    revision: z.int().min(1).max(1_000_000).optional().meta({
      description:
        '1 by default. To correct a value, send the record with the right value and a higher revision; the highest counts, whatever order they arrive in.',
    }),
  })
  .meta({ id: 'UsageRecord', description: 'Something that a tenant has used.' });

/** Body of `POST /v1/usage`. */
export const usageReportSchema = z
  .strictObject({
    source: slug
      .refine((name) => name !== OWN_SOURCE, { error: `Is what the product itself reports as. Choose another name.` })
      .optional()
      .meta({ description: 'Who counts, if several programs do; `application` by default.', example: 'gateway' }),
    records: z
      .array(usageRecordSchema)
      .min(1, 'Is empty. Send at least one record.')
      .max(MOST_RECORDS, `Has more than ${MOST_RECORDS} records. Send the rest in further requests.`),
  })
  .meta({ id: 'UsageReport', description: 'What tenants have used.' });

/** Answer of `POST /v1/usage`. */
export const usageReceiptSchema = z
  .strictObject({
    results: z
      .array(
        z.strictObject({
          tenantId: z.string(),
          recordId: z.string(),
          outcome: z.enum(RECORD_OUTCOMES).meta({
            description:
              '`recorded`: it counts. `corrected`: it counts in place of an earlier revision. `duplicate`: it was there already. `outdated`: a later revision was there already. `refused`: it does not count.',
          }),
          reason: z.enum(Object.keys(REFUSALS) as [Refusal, ...Refusal[]]).optional(),
          detail: z.string().meta({ description: 'What is wrong, and what to do.' }).optional(),
        }),
      )
      .meta({ description: 'One for each record, in the order of the request.' }),
    refused: z.int().min(0).meta({ description: 'How many records were refused.' }),
  })
  .meta({ id: 'UsageReceipt', description: 'What became of the records.' });

/** Answer of `GET /v1/tenants/{tenantId}/usage`. */
export const tenantUsageSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    from: day,
    to: day.meta({ description: 'The last day, inclusive.' }),
    by: z.enum(QUOTA_PERIODS),
    meters: z.array(
      z
        .strictObject({
          meter: z.string(),
          displayName: z.string(),
          aggregation: z.enum(AGGREGATIONS).meta({
            description: '`sum`: records add up. `last`: the newest record counts, as for bytes stored.',
          }),
          current: z
            .strictObject({
              per: z.enum(QUOTA_PERIODS),
              from: day,
              to: day.meta({ description: 'The last day, inclusive.' }),
              used,
              limit: z.int().min(0).optional().meta({ description: 'Absent if there is none.' }),
              share: z.number().min(0).optional().meta({ description: 'Used of the limit: 1 is all of it.' }),
              level: z
                .enum(QUOTA_LEVELS)
                .optional()
                .meta({ description: '`near`: at the threshold of the plan. `reached`: at the limit or above it.' }),
            })
            .meta({ id: 'UsageNow', description: 'The period of the limit that goes on now.' }),
          periods: z
            .array(z.strictObject({ from: day, used }))
            .meta({ description: 'Days or months in which something was used, oldest first.' }),
        })
        .meta({ id: 'MeterUsage' }),
    ),
    until: timestamp.meta({ description: 'When this was read.' }),
  })
  .meta({ id: 'TenantUsage', description: 'What a tenant has used of each meter of its plan.' });

/** What a tenant has used. */
export type TenantUsage = z.infer<typeof tenantUsageSchema>;
