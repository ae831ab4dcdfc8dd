import { z } from 'zod';
import { BILLING_FINDING_STATES, BILLING_PROBLEMS } from '../../billing/problems';
import { billingFindingIdSchema, pageOf, tenantIdSchema, timestamp } from '../common';
import { auditedReason } from '../request-schemas';

/** A finding in billing. */
export const billingFindingSchema = z
  .strictObject({
    findingId: billingFindingIdSchema,
    tenantId: tenantIdSchema.optional().meta({ description: 'Absent if what was found belongs to no tenant.' }),
    problem: z.enum(BILLING_PROBLEMS),
    object: z
      .string()
      .meta({ description: 'Id of the object at the billing provider; the tenant’s where there is no such object.' }),
    found: z.string().meta({ description: 'What was found, in words.' }),
    remedy: z.string().meta({ description: 'What to do about it, in words.' }),
    state: z.enum(BILLING_FINDING_STATES).meta({
      description: '`resolved`: an operator has decided about it. `ended`: it is not so any more.',
    }),
    foundAt: timestamp,
    endedAt: timestamp.optional(),
    resolution: z
      .strictObject({ by: z.string().meta({ example: 'token:operator' }), at: timestamp, reason: z.string() })
      .optional(),
  })
  .meta({
    id: 'BillingFinding',
    description: 'Something in billing that is not as the registry has it, or will soon stop payments.',
  });

/** A finding, as the API shows it. */
export type BillingFindingView = z.infer<typeof billingFindingSchema>;

/** Answer of `GET /v1/billing/findings`. */
export const billingFindingPageSchema = pageOf(billingFindingSchema, 'BillingFindingPage');

/** Body of `POST /v1/billing/findings/{billingFindingId}:resolve`. */
export const resolveBillingFindingSchema = z.strictObject({ reason: auditedReason }).meta({
  id: 'ResolveBillingFindingRequest',
  description: 'Decides that nothing more is to be done about a finding.',
});
