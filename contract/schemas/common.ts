import { z } from 'zod';

/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' });

/** A tenant's random id. */
export const tenantIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]{15}$/)
  .meta({ description: 'Random id of the tenant.', example: 'k3v9x2m4q7w8r5ta' });

/** An operation's random id. */
export const operationIdSchema = z
  .string()
  .regex(/^op_[a-z2-7]{20}$/)
  .meta({ description: 'Random id of the operation.', example: 'op_a2b3c4d5e6f7g2h3i4j5' });

/** A sweep's random id. */
export const sweepIdSchema = z
  .string()
  .regex(/^sw_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the sweep.', example: 'sw_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

/** A webhook endpoint's random id. */
export const endpointIdSchema = z
  .string()
  .regex(/^we_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the webhook endpoint.', example: 'we_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

/** The random id of a message to a webhook endpoint. */
export const deliveryIdSchema = z
  .string()
  .regex(/^msg_[0-9a-f]{32}$/)
  .meta({
    description: 'Random id of the message, which every attempt to deliver it carries as `webhook-id`.',
    example: 'msg_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60',
  });

/** A backup's random id. */
export const backupIdSchema = z
  .string()
  .regex(/^bk_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the backup.', example: 'bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

/** The id of a finding on an audit trail. */
export const auditFindingIdSchema = z
  .string()
  .regex(/^af_[1-9]\d{0,14}$/)
  .meta({ description: 'Id of the finding.', example: 'af_17' });

export const billingFindingIdSchema = z
  .string()
  .regex(/^bf_[0-9a-f]{24}$/)
  .meta({ description: 'Id of the finding.', example: 'bf_3f0c1f6e8d9b4a7c9e2d5b8a' });

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z
    .strictObject({
      items: z.array(item),
      nextCursor: z
        .string()
        .meta({ description: 'Pass it as `cursor` to get the next page; absent on the last page.' })
        .optional(),
    })
    .meta({ id, description: 'One page, newest first.' });
}
