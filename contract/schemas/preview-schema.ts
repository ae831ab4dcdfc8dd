import { z } from 'zod';
import { PLANS } from '../orders/order';
import { STEPS } from '../operations/steps';
import { TRIAL_ENDS } from '../tenants/trials';
import { timestamp } from './common';

/** Parts of a preview that can be unknown. */
export const PREVIEW_PARTS = [
  'region',
  'capacity',
  'residency',
  'approvals',
  'resources',
  'price',
  'price.invoice',
  'duration',
] as const;

const count = z.int().min(0);
const units = z.number().min(0);

const room = z
  .strictObject({ capacity: units, free: units })
  .meta({ id: 'PreviewRoom', description: 'All cells that the tenant may be placed in, added up.' });

const cell = z
  .strictObject({
    cell: z.string().meta({ example: 'eu-central-db-1' }),
    units: units.meta({ description: 'What the tenant takes: one place, one bucket, or milli-CPU.' }),
    candidates: z.array(z.strictObject({ cell: z.string(), capacity: units, free: units })),
  })
  .meta({
    id: 'PreviewCell',
    description: 'The cell with the most free units. Among equals, the first name wins.',
  });

const amount = z
  .int()
  .min(0)
  .meta({ description: 'In the smallest currency unit, without taxes and before the coupon.', example: 19900 });

const price = z
  .strictObject({
    currency: z.string().meta({ example: 'eur' }),
    now: z
      .strictObject({ amount, due: z.literal('activation') })
      .meta({ description: 'What is charged once the tenant is active. Nothing is charged before.' }),
    later: z
      .strictObject({ amount, every: z.enum(['month', 'year']) })
      .meta({ description: 'What is charged for every further period.' }),
    meters: z
      .array(z.string())
      .meta({ description: 'Usage that invoices show without charging for it.', example: ['api_requests'] }),
    quantity: z.int().min(1).meta({ description: 'How often the plan’s price is charged; 1 if absent.' }).optional(),
    coupon: z
      .string()
      .meta({ description: 'Id of the coupon at the billing provider that the subscription begins with.' })
      .optional(),
    taxRates: z
      .array(z.string())
      .meta({ description: 'Ids of the tax rates at the billing provider that invoices have.' })
      .optional(),
    trial: z
      .strictObject({ days: count, then: z.enum(TRIAL_ENDS) })
      .meta({ description: 'The trial with which the plan begins.' })
      .optional(),
    invoice: z
      .strictObject({
        due: z.int().meta({ description: 'In the smallest currency unit, with what the provider adds.' }),
        askedAt: timestamp,
      })
      .meta({
        description:
          'What the billing provider says that the first invoice comes to, as a worker last asked it. It knows nothing of the customer.',
      })
      .optional(),
  })
  .meta({ id: 'PreviewPrice', description: 'Price of the plan, from its template.' });

/** Answer of `POST /v1/tenants:preview`. */
export const previewSchema = z
  .strictObject({
    possible: z.boolean().meta({ description: 'True if there are no violations. What is unknown was not checked.' }),
    violations: z
      .array(
        z.strictObject({
          pointer: z.string().meta({
            description: 'RFC 6901 pointer into the order; empty if no single field is to blame.',
            example: '/subscription/features/0',
          }),
          detail: z.string().meta({ description: 'What is wrong and how to correct it.' }),
          type: z
            .string()
            .meta({ description: 'Type from the failure catalogue, where it has one.', example: 'FeatureNotInPlan' })
            .optional(),
        }),
      )
      .meta({ description: 'Everything for which the order would be refused or would fail in its first step.' }),
    notes: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'RFC 6901 pointer into the order.', example: '/paymentMethod' }),
          detail: z.string(),
        }),
      )
      .meta({ description: 'What follows from the order although it can be placed as it is; absent if nothing does.' })
      .optional(),
    plan: z.enum(PLANS).optional(),
    steps: z
      .array(z.strictObject({ id: z.enum(STEPS), label: z.string(), needs: z.array(z.enum(STEPS)) }))
      .meta({ description: 'The steps in order, and those that must have finished before each.' }),
    region: z
      .strictObject({
        region: z.string().meta({ example: 'eu-central' }),
        jurisdiction: z.string().meta({ example: 'EU' }),
        chosen: z.enum(['named', 'first-suitable']).meta({ description: 'Whether the order names it.' }),
        passedOver: z
          .array(z.strictObject({ region: z.string(), reason: z.string() }))
          .meta({ description: 'Regions that come before it, and why each cannot serve the order.' }),
        cells: z
          .strictObject({ database: cell, storage: cell, compute: cell })
          .partial()
          .meta({ description: 'Where in the region the tenant would be placed now.' }),
      })
      .meta({ id: 'PreviewRegion' })
      .optional(),
    capacity: z
      .strictObject({
        places: count.meta({ description: 'How many such tenants fit into the region now.' }),
        database: room,
        storage: room,
        compute: room,
      })
      .meta({ id: 'PreviewCapacity', description: 'A snapshot; nothing is reserved.' })
      .optional(),
    residency: z
      .strictObject({
        required: z.string().meta({ description: 'As ordered; absent if nothing is required.' }).optional(),
        satisfied: z.boolean(),
        explanation: z.string(),
      })
      .meta({ id: 'PreviewResidency' })
      .optional(),
    approvals: z
      .strictObject({
        required: z.array(z.string()).meta({ description: 'Customizations that need an approval.' }),
        role: z.string().meta({ description: 'Role of those who can decide.' }),
        withinSeconds: count.meta({
          description:
            'Time for the decision, from the end of the first step. Without one, the order counts as rejected.',
        }),
      })
      .meta({ id: 'PreviewApprovals' })
      .optional(),
    resources: z
      .array(
        z.strictObject({
          step: z.enum(STEPS),
          provider: z.string().meta({ example: 'postgres' }),
          kind: z.string().meta({ example: 'postgres-schema' }),
          region: z.string().meta({ description: '`global` for what belongs to no region.', example: 'eu-central' }),
        }),
      )
      .meta({ description: 'What would be made.' })
      .optional(),
    price: price.optional(),
    duration: z
      .strictObject({
        likelySeconds: z.number(),
        lateSeconds: z.number(),
        samples: count.meta({ description: 'Number of earlier operations on which this rests.' }),
      })
      .meta({ id: 'PreviewDuration', description: 'How long it takes, without the time that people take to decide.' })
      .optional(),
    unknown: z
      .array(z.strictObject({ part: z.enum(PREVIEW_PARTS), reason: z.string() }))
      .meta({ description: 'Parts that this answer lacks, each with the reason.' }),
  })
  .meta({ id: 'OrderPreview', description: 'What an order would do.' });

/** What an order would do. */
export type OrderPreview = z.infer<typeof previewSchema>;
