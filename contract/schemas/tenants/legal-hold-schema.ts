import { z } from 'zod';
import { tenantIdSchema, timestamp } from '../common';
import { comment, futureTime } from '../request-schemas';

const reason = comment
  .min(1, 'Give a reason.')
  .meta({ description: 'Why; encrypted under the tenant’s key.', example: 'Court order 7 O 118/26.' });

const until = timestamp.meta({ description: 'When the hold ends by itself; absent: when it is lifted.' }).optional();

/** Body of `PUT /v1/tenants/{id}/legal-hold`. */
export const legalHoldRequestSchema = z
  .strictObject({
    reason,
    until: futureTime.meta({ description: 'When the hold ends by itself; absent: when it is lifted.' }).optional(),
  })
  .meta({ id: 'LegalHoldRequest', description: 'Keeps everything that a tenant has.' });

/** Body of `DELETE /v1/tenants/{id}/legal-hold`. */
export const liftHoldRequestSchema = z
  .strictObject({ reason })
  .meta({ id: 'LiftHoldRequest', description: 'Lifts the legal hold that stands on a tenant.' });

const legalHold = z
  .strictObject({
    holdId: z.string().meta({ example: 'lh_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' }),
    state: z.enum(['standing', 'lifted', 'ended']).meta({ description: '`ended`: its end has passed.' }),
    placedAt: timestamp,
    placedBy: z.string().meta({ example: 'token:legal' }),
    until,
    reason: z
      .string()
      .meta({ description: 'Absent if it cannot be decrypted: the tenant’s key is destroyed or cannot be reached.' })
      .optional(),
    changedAt: timestamp.optional(),
    changedBy: z.string().optional(),
    liftedAt: timestamp.optional(),
    liftedBy: z.string().optional(),
    liftReason: z.string().meta({ description: 'Absent like `reason`.' }).optional(),
  })
  .meta({ id: 'LegalHold', description: 'A legal hold: while it stands, nothing of the tenant is deleted.' });

/** Answer of `PUT` and `GET /v1/tenants/{id}/legal-hold`. */
export const legalHoldsSchema = z
  .strictObject({ tenantId: tenantIdSchema, holds: z.array(legalHold).meta({ description: 'Newest first.' }) })
  .meta({ id: 'LegalHolds', description: 'The legal hold that stands on a tenant, if one does, and the past ones.' });

/** A legal hold as the API shows it. */
export type TenantLegalHold = z.infer<typeof legalHold>;
