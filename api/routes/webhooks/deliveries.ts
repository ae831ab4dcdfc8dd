import { z } from 'zod';
import { deliveryIdSchema, endpointIdSchema } from '../../../contract/schemas/common';
import {
  deliveryAcceptedSchema,
  deliveryDetailsSchema,
  deliveryPageSchema,
  redeliveredSchema,
  redeliverRequestSchema,
  type AttemptView,
  type DeliveryView,
} from '../../../contract/schemas/webhooks/delivery-schema';
import { DELIVERY_STATES } from '../../../contract/webhooks/webhooks';
import { wakeFollowers } from '../../../registry/events/wake';
import {
  listDeliveries,
  readDelivery,
  redeliver,
  type AttemptRow,
  type DeliveryRow,
} from '../../../registry/webhooks/deliveries';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';
import { endpointParams, OWNERS_AND_OPERATORS, requireEnabled, seenEndpoint } from './endpoint-access';

const params = z.strictObject({ endpointId: endpointIdSchema, deliveryId: deliveryIdSchema });

const query = pageQuery.extend({ state: z.enum(DELIVERY_STATES).optional() });

/** Messages that one request may have delivered again. */
const MOST_AT_ONCE = 1000;

/** `GET …/deliveries`, `GET …/deliveries/{deliveryId}`, `POST …/deliveries/{deliveryId}:redeliver` and `POST …:redeliver`. */
export function webhookDeliveryRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'get',
      path: '/v1/webhook-endpoints/{endpointId}/deliveries',
      operationId: 'listWebhookDeliveries',
      tag: 'Webhooks',
      summary: 'List the messages to a webhook endpoint, newest first',
      description: 'Each with its last attempt. Messages are kept for 30 days after their delivery has ended.',
      access: OWNERS_AND_OPERATORS,
      params: endpointParams,
      query,
      answers: { 200: { description: 'A page of messages.', schema: deliveryPageSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, query: { cursor, limit = DEFAULT_LIMIT, state }, principal }) => {
        await seenEndpoint(dependencies, endpointId, principal);
        const page = await listDeliveries(pool, { endpointId, state, after: cursor, limit });
        return { status: 200, body: { ...page, items: page.items.map(viewDelivery) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}',
      operationId: 'getWebhookDelivery',
      tag: 'Webhooks',
      summary: 'Get a message to a webhook endpoint with every attempt',
      access: OWNERS_AND_OPERATORS,
      params,
      answers: { 200: { description: 'The message.', schema: deliveryDetailsSchema } },
      problems: [],
      handle: async ({ params: { endpointId, deliveryId }, principal }) => {
        await seenEndpoint(dependencies, endpointId, principal);
        const delivery = await readDelivery(pool, endpointId, deliveryId);
        if (!delivery) throw noDelivery();
        const { payload, history } = delivery;
        return { status: 200, body: { ...viewDelivery(delivery), payload, history: history.map(viewAttempt) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}/deliveries/{deliveryId}:redeliver',
      operationId: 'redeliverWebhook',
      tag: 'Webhooks',
      summary: 'Deliver a message again',
      description: 'The message keeps its `webhook-id`. Its delivery must have ended.',
      access: OWNERS_AND_OPERATORS,
      params,
      answers: {
        202: {
          description: 'The message is being delivered.',
          schema: deliveryAcceptedSchema,
          headers: { Location: 'Path of the message.' },
        },
      },
      problems: ['state-conflict'],
      handle: async ({ params: { endpointId, deliveryId }, principal }) => {
        requireEnabled(await seenEndpoint(dependencies, endpointId, principal));
        const begun = await redeliver(pool, { endpointId, deliveryId, states: DELIVERY_STATES, limit: 1 });
        if (begun === 0) {
          const delivery = await readDelivery(pool, endpointId, deliveryId);
          if (!delivery) throw noDelivery();
          throw notNow(`The message is ${delivery.state}: it is still being delivered.`);
        }
        wakeFollowers(pool);
        const location = `/v1/webhook-endpoints/${endpointId}/deliveries/${deliveryId}`;
        return { status: 202, body: { deliveryId }, headers: { location } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}:redeliver',
      operationId: 'redeliverWebhooks',
      tag: 'Webhooks',
      summary: 'Deliver a range of messages again',
      description: `Up to ${MOST_AT_ONCE} messages whose delivery has ended, in their old order. They keep their \`webhook-id\`.`,
      access: OWNERS_AND_OPERATORS,
      params: endpointParams,
      body: redeliverRequestSchema,
      answers: { 202: { description: 'The messages are being delivered.', schema: redeliveredSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { endpointId }, body: { from, before, delivered = false }, principal }) => {
        requireEnabled(await seenEndpoint(dependencies, endpointId, principal));
        const count = await redeliver(pool, {
          endpointId,
          from: new Date(from),
          before: before === undefined ? undefined : new Date(before),
          states: delivered ? DELIVERY_STATES : ['failed', 'cancelled'],
          limit: MOST_AT_ONCE,
        });
        wakeFollowers(pool);
        return { status: 202, body: { count, more: count === MOST_AT_ONCE } };
      },
    }),
  ];
}

function viewDelivery(row: DeliveryRow): DeliveryView {
  const { deliveryId, type, sequence, tenantId, operationId, state, createdAt, nextTryAt, endedAt, attempts } = row;
  return {
    deliveryId,
    type,
    ...(sequence === null ? {} : { sequence }),
    ...(tenantId === null ? {} : { tenantId }),
    ...(operationId === null ? {} : { operationId }),
    state,
    createdAt: createdAt.toISOString(),
    ...(nextTryAt ? { nextAttemptAt: nextTryAt.toISOString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    attempts,
    ...(row.lastAttempt ? { lastAttempt: viewAttempt(row.lastAttempt) } : {}),
  };
}

function viewAttempt({ attempt, at, milliseconds, status, problem, answer }: AttemptRow): AttemptView {
  return {
    attempt,
    at: at.toISOString(),
    milliseconds,
    ...(status === null ? {} : { status }),
    ...(problem === null ? {} : { problem }),
    ...(answer === null ? {} : { answer }),
  };
}

function noDelivery(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The endpoint has no such message.' });
}
