import { z } from 'zod';
import { orderSchema } from '../order-schema';
import { operationIdSchema } from '../common';

const value = z.unknown().meta({ description: 'A JSON value; absent if the template does not have it.' });

const difference = z
  .strictObject({
    pointer: z
      .string()
      .meta({ description: 'RFC 6901 pointer into the template.', example: '/resources/storage/quotaGb' }),
    plan: value.optional(),
    ordered: value.optional(),
    customization: z
      .string()
      .meta({ description: 'The customization that changes this value; absent if the plan was another then.' })
      .optional(),
    needsApproval: z.boolean(),
  })
  .meta({ id: 'TemplateDifference', description: 'A value in which an order differs from its plan of today.' });

/** Parts of an order without personal data. */
const shownOrder = z
  .strictObject({
    billingCycle: z.enum(['monthly', 'yearly']),
    features: z.array(z.string()),
    customDomain: z.string().optional(),
    integrations: z.array(z.string()).optional(),
    compliance: orderSchema.shape.compliance,
    region: z.string().meta({ description: 'The region that was asked for; absent if any would do.' }).optional(),
    customizations: z.record(z.string(), z.unknown()).optional(),
    featureFlags: orderSchema.shape.featureFlags,
    onPermanentFailure: z.enum(['compensate', 'hold']).optional(),
    paymentMethod: z.boolean().meta({ description: 'Whether the order names a payment method.' }),
  })
  .meta({ id: 'ShownOrder', description: 'The order, without everything that may name a person or an organization.' });

/** Answer of `GET /v1/operations/{operationId}/order`. */
export const orderedSchema = z
  .strictObject({
    operationId: operationIdSchema,
    template: z.strictObject({
      id: z.string().meta({ example: 'professional' }),
      version: z.string().meta({ example: '1.0.0' }),
      current: z.string().meta({ description: 'Version of the plan’s template today.', example: '1.1.0' }).optional(),
    }),
    organizationName: z
      .string()
      .meta({
        description:
          'The customer, for callers who may decide on approvals; absent for all others, and once the tenant’s key is destroyed.',
      })
      .optional(),
    order: shownOrder.meta({ description: 'Absent once the tenant’s key is destroyed.' }).optional(),
    differences: z.array(difference),
  })
  .meta({
    id: 'OperationOrder',
    description: 'What the operation’s tenant was ordered with, and how that differs from its plan.',
  });

/** What an operation's tenant was ordered with. */
export type OperationOrder = z.infer<typeof orderedSchema>;
