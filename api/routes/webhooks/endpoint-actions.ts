import { endpointSchema, secretRotatedSchema } from '../../../contract/schemas/webhooks/endpoint-schema';
import { deliveryAcceptedSchema } from '../../../contract/schemas/webhooks/delivery-schema';
import { FAILING_DAYS, OVERLAP_HOURS } from '../../../contract/webhooks/webhooks';
import { transaction } from '../../../registry/database';
import { wakeFollowers } from '../../../registry/events/wake';
import { createTest } from '../../../registry/webhooks/deliveries';
import { rotateSecret } from '../../../registry/webhooks/endpoint-secrets';
import { disableEndpoint, enableEndpoint } from '../../../registry/webhooks/endpoints';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import {
  endpointParams,
  noEndpoint,
  ownEndpoint,
  OWNERS,
  OWNERS_AND_OPERATORS,
  requireEnabled,
  seenEndpoint,
  viewEndpoint,
} from './endpoint-access';

/** `POST /v1/webhook-endpoints/{endpointId}:rotate-secret`, `:test`, `:enable` and `:disable`. */
export function webhookActionRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys, publicUrl } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}:rotate-secret',
      operationId: 'rotateWebhookSecret',
      tag: 'Webhooks',
      summary: 'Rotate the secret of a webhook endpoint',
      description: `For ${OVERLAP_HOURS} hours, messages are signed with the old and the new secret. A lost answer cannot be repeated: rotate again, which ends the oldest secret.`,
      access: OWNERS,
      params: endpointParams,
      answers: { 200: { description: 'The new secret.', schema: secretRotatedSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, principal }) => {
        await ownEndpoint(dependencies, endpointId, principal);
        const rotated = await rotateSecret(pool, keys, { endpointId, actor: principal.id });
        if (!rotated) throw noEndpoint();
        const { secret, previousUntil } = rotated;
        return {
          status: 200,
          body: { endpointId, secret, previousUntil: previousUntil.toISOString() },
          headers: { 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}:test',
      operationId: 'testWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Send a test message to a webhook endpoint',
      description: 'Sends a message of type `webhook.test` at once, also if other messages wait.',
      access: OWNERS,
      params: endpointParams,
      answers: {
        202: {
          description: 'The message is being delivered.',
          schema: deliveryAcceptedSchema,
          headers: { Location: 'Path of the message.' },
        },
      },
      problems: ['state-conflict'],
      handle: async ({ params: { endpointId }, principal }) => {
        requireEnabled(await ownEndpoint(dependencies, endpointId, principal));
        const deliveryId = await createTest(pool, endpointId, publicUrl);
        wakeFollowers(pool);
        const location = `/v1/webhook-endpoints/${endpointId}/deliveries/${deliveryId}`;
        return { status: 202, body: { deliveryId }, headers: { location } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}:disable',
      operationId: 'disableWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Disable a webhook endpoint',
      description: 'Open deliveries are cancelled, and events of the meantime are not sent later.',
      access: OWNERS_AND_OPERATORS,
      params: endpointParams,
      answers: { 200: { description: 'The endpoint is disabled.', schema: endpointSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, principal }) => {
        await seenEndpoint(dependencies, endpointId, principal);
        const disabled = await transaction(pool, (client) =>
          disableEndpoint(client, { endpointId, actor: principal.id }, 'requested'),
        );
        if (!disabled) throw noEndpoint();
        return { status: 200, body: viewEndpoint(disabled) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints/{endpointId}:enable',
      operationId: 'enableWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Enable a webhook endpoint',
      description: `Also after it was disabled because it had answered 410 or had failed for ${FAILING_DAYS} days. Have cancelled messages delivered again.`,
      access: OWNERS_AND_OPERATORS,
      params: endpointParams,
      answers: { 200: { description: 'The endpoint is enabled.', schema: endpointSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, principal }) => {
        await seenEndpoint(dependencies, endpointId, principal);
        const enabled = await transaction(pool, (client) =>
          enableEndpoint(client, { endpointId, actor: principal.id }),
        );
        if (!enabled) throw noEndpoint();
        return { status: 200, body: viewEndpoint(enabled) };
      },
    }),
  ];
}
