import { z } from 'zod';
import { ANSWER_BYTES, DELIVERY_DAYS, DELIVERY_STATES } from '../../webhooks/webhooks';
import { deliveryIdSchema, pageOf, timestamp } from '../common';

const time = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z.' })
  .meta({ example: '2026-01-31T12:00:00Z' });

/** Body of `POST /v1/webhook-endpoints/{endpointId}:redeliver`. */
export const redeliverRequestSchema = z
  .strictObject({
    from: time.meta({ description: 'Messages that were made at this time or later.' }),
    before: time.meta({ description: 'Messages that were made before this time; until now by default.' }).optional(),
    delivered: z
      .boolean()
      .meta({ description: 'Also messages that were delivered; by default only failed and cancelled ones.' })
      .optional(),
  })
  .meta({ id: 'WebhookRedeliverRequest', description: 'A range of messages to deliver again.' });

/** The response to a redelivery of a range. */
export const redeliveredSchema = z
  .strictObject({
    count: z.int().min(0).meta({ description: 'Messages that are delivered again.' }),
    more: z.boolean().meta({ description: 'There are more in the range: send the request again.' }),
  })
  .meta({ id: 'WebhookRedelivered', description: 'Messages that are delivered again, in their old order.' });

const attempt = z
  .strictObject({
    attempt: z.int().min(1),
    at: timestamp,
    milliseconds: z.int().min(0).meta({ description: 'From the look-up of the name to the end of the answer.' }),
    status: z.int().meta({ description: 'HTTP status of the answer; absent if there was none.' }).optional(),
    problem: z.string().meta({ description: 'Why there was no answer.' }).optional(),
    answer: z
      .string()
      .meta({ description: `The first ${ANSWER_BYTES} bytes of the answer.` })
      .optional(),
  })
  .meta({ id: 'WebhookAttempt', description: 'One request to the endpoint.' });

const delivery = {
  deliveryId: deliveryIdSchema,
  type: z.string().meta({ description: 'Type of the event, or `webhook.test`.', example: 'operation.status' }),
  sequence: z.int().meta({ description: 'Number of the event; absent for a test.' }).optional(),
  tenantId: z.string().optional(),
  operationId: z.string().optional(),
  state: z.enum(DELIVERY_STATES).meta({
    description: `\`waiting\`: an earlier message of its tenant, or too many others, are under way. \`failed\`: not delivered in ${DELIVERY_DAYS} days, or the endpoint has answered 410. \`cancelled\`: the endpoint was disabled.`,
  }),
  createdAt: timestamp,
  nextAttemptAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  attempts: z.int().min(0),
  lastAttempt: attempt.optional(),
};

/** A message to an endpoint. */
const deliverySchema = z
  .strictObject(delivery)
  .meta({ id: 'WebhookDelivery', description: 'A message to a webhook endpoint.' });

/** A message with its body and every attempt. */
export const deliveryDetailsSchema = z
  .strictObject({
    ...delivery,
    payload: z.string().meta({ description: 'The body of the message, as it is signed.' }),
    history: z.array(attempt).meta({ description: 'Every attempt, the oldest first.' }),
  })
  .meta({ id: 'WebhookDeliveryDetails', description: 'A message to a webhook endpoint, with every attempt.' });

/** A page of messages. */
export const deliveryPageSchema = pageOf(deliverySchema, 'WebhookDeliveryPage');

/** The response to requests that begin the delivery of one message. */
export const deliveryAcceptedSchema = z
  .strictObject({ deliveryId: deliveryIdSchema })
  .meta({ id: 'WebhookDeliveryAccepted', description: 'The message is being delivered; follow it by its id.' });

/** A message to an endpoint. */
export type DeliveryView = z.infer<typeof deliverySchema>;

/** One request to the endpoint. */
export type AttemptView = z.infer<typeof attempt>;
