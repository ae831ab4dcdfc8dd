import { z } from 'zod';
import { EVENTS, type EventType } from '../../events/events';
import { DISABLED_REASONS, FAILING_DAYS, OVERLAP_HOURS } from '../../webhooks/webhooks';
import { endpointIdSchema, pageOf, timestamp } from '../common';
import { receiverUrl } from './receiver-url';

const TYPES = Object.keys(EVENTS) as EventType[];

const eventTypes = z
  .array(z.enum(TYPES))
  .min(1)
  .max(TYPES.length)
  .meta({ example: ['operation.status', 'tenant.state'] });

/** Body of `POST /v1/webhook-endpoints`. */
export const createEndpointRequestSchema = z
  .strictObject({
    url: receiverUrl,
    eventTypes: eventTypes.meta({ description: 'Only events of these types; every type by default.' }).optional(),
  })
  .meta({ id: 'WebhookEndpointRequest', description: 'A webhook endpoint to create.' });

/** Body of `PATCH /v1/webhook-endpoints/{endpointId}`. */
export const changeEndpointRequestSchema = z
  .strictObject({
    url: receiverUrl.optional(),
    eventTypes: eventTypes.nullable().meta({ description: 'Null: every type.' }).optional(),
  })
  .meta({ id: 'WebhookEndpointChange', description: 'New values; absent ones stay as they are.' });

const endpoint = {
  endpointId: endpointIdSchema,
  owner: z.string().meta({ description: 'The caller whose endpoint it is.', example: 'token:signup' }),
  url: z.string().meta({ description: 'Where messages are sent.', example: 'https://hooks.example.com/provisioner' }),
  eventTypes: z.array(z.string()).meta({ description: 'Absent: every type.' }).optional(),
  state: z.enum(['enabled', 'disabled']),
  disabledBecause: z
    .enum(DISABLED_REASONS)
    .meta({
      description: `\`requested\`: by a caller. \`gone\`: it has answered 410. \`failing\`: every answer of ${FAILING_DAYS} days was a failure.`,
    })
    .optional(),
  disabledAt: timestamp.optional(),
  failingSince: timestamp.meta({ description: 'First failure since the last success.' }).optional(),
  previousSecretUntil: timestamp
    .meta({ description: 'Until then, messages are also signed with the secret before the last rotation.' })
    .optional(),
  createdAt: timestamp,
};

/** A webhook endpoint. */
export const endpointSchema = z
  .strictObject(endpoint)
  .meta({ id: 'WebhookEndpoint', description: 'Where events are sent to.' });

const secret = z.string().meta({
  description: 'Signs the messages (Standard Webhooks). It is not shown again.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
});

/** The response to the creation of an endpoint. */
export const endpointCreatedSchema = z
  .strictObject({ ...endpoint, secret })
  .meta({ id: 'WebhookEndpointCreated', description: 'The new endpoint with its secret.' });

/** The response to a rotation. */
export const secretRotatedSchema = z
  .strictObject({
    endpointId: endpointIdSchema,
    secret,
    previousUntil: timestamp.meta({ description: `${OVERLAP_HOURS} hours later.` }),
  })
  .meta({ id: 'WebhookSecretRotated', description: 'The new secret.' });

/** A page of endpoints. */
export const endpointPageSchema = pageOf(endpointSchema, 'WebhookEndpointPage');

/** A webhook endpoint. */
export type EndpointView = z.infer<typeof endpointSchema>;
