import { randomUUID } from 'node:crypto';
import {
  changeEndpointRequestSchema,
  createEndpointRequestSchema,
  endpointCreatedSchema,
  endpointPageSchema,
  endpointSchema,
} from '../../../contract/schemas/webhooks/endpoint-schema';
import { receiverProblem } from '../../../contract/schemas/webhooks/receiver-url';
import { endpointIdOf, ENDPOINTS_PER_CALLER } from '../../../contract/webhooks/webhooks';
import { transaction } from '../../../registry/database';
import { createEndpoint, deleteEndpoint } from '../../../registry/webhooks/endpoint-secrets';
import { changeEndpoint, listEndpoints } from '../../../registry/webhooks/endpoints';
import { endpointsSeenBy, grantsOf } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';
import {
  endpointParams,
  noEndpoint,
  ownEndpoint,
  OWNERS,
  OWNERS_AND_OPERATORS,
  seenEndpoint,
  viewEndpoint,
} from './endpoint-access';

/** `POST` and `GET /v1/webhook-endpoints`; `GET`, `PATCH` and `DELETE /v1/webhook-endpoints/{endpointId}`. */
export function webhookEndpointRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys, internalNetworks = [] } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/webhook-endpoints',
      operationId: 'createWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Create a webhook endpoint',
      description: `Events that happen from now on, and that the caller may view, are sent to the URL. A caller has at most ${ENDPOINTS_PER_CALLER} endpoints. A lost answer cannot be repeated: delete the endpoint and create another.`,
      access: OWNERS,
      body: createEndpointRequestSchema,
      answers: {
        201: {
          description: 'The endpoint with its secret.',
          schema: endpointCreatedSchema,
          headers: { Location: 'Path of the endpoint.' },
        },
      },
      problems: ['state-conflict'],
      handle: async ({ body: { url, eventTypes = null }, principal }) => {
        refuseUnreachable(url, internalNetworks);
        const endpointId = endpointIdOf(randomUUID());
        const grants = grantsOf(principal);
        const made = await createEndpoint(pool, keys, { endpointId, actor: principal.id, url, eventTypes, grants });
        if (made === 'too-many')
          throw notNow(
            `You have ${ENDPOINTS_PER_CALLER} endpoints, which is the most. Delete one that you no longer need.`,
          );
        return {
          status: 201,
          body: { ...viewEndpoint(made.endpoint), secret: made.secret },
          headers: { location: `/v1/webhook-endpoints/${endpointId}`, 'cache-control': 'no-store' },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/webhook-endpoints',
      operationId: 'listWebhookEndpoints',
      tag: 'Webhooks',
      summary: 'List webhook endpoints, newest first',
      description: 'The caller’s own; operators see all.',
      access: OWNERS_AND_OPERATORS,
      query: pageQuery,
      answers: { 200: { description: 'A page of endpoints.', schema: endpointPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT }, principal }) => {
        const page = await listEndpoints(pool, { after: cursor, limit, owner: endpointsSeenBy(principal) });
        return { status: 200, body: { ...page, items: page.items.map(viewEndpoint) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/webhook-endpoints/{endpointId}',
      operationId: 'getWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Get a webhook endpoint',
      access: OWNERS_AND_OPERATORS,
      params: endpointParams,
      answers: { 200: { description: 'The endpoint, without its secret.', schema: endpointSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, principal }) => ({
        status: 200,
        body: viewEndpoint(await seenEndpoint(dependencies, endpointId, principal)),
      }),
    }),
    defineRoute({
      method: 'patch',
      path: '/v1/webhook-endpoints/{endpointId}',
      operationId: 'changeWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Change a webhook endpoint',
      description:
        'Open deliveries go to the new URL. Also renews what the endpoint receives, from what the caller may view now.',
      access: OWNERS,
      params: endpointParams,
      body: changeEndpointRequestSchema,
      answers: { 200: { description: 'The changed endpoint.', schema: endpointSchema } },
      problems: [],
      handle: async ({ params: { endpointId }, body, principal }) => {
        await ownEndpoint(dependencies, endpointId, principal);
        if (body.url !== undefined) refuseUnreachable(body.url, internalNetworks);
        const changed = await transaction(pool, (client) =>
          changeEndpoint(client, { endpointId, actor: principal.id }, body, grantsOf(principal)),
        );
        if (!changed) throw noEndpoint();
        return { status: 200, body: viewEndpoint(changed) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/v1/webhook-endpoints/{endpointId}',
      operationId: 'deleteWebhookEndpoint',
      tag: 'Webhooks',
      summary: 'Delete a webhook endpoint',
      description: 'Deletes its secrets and messages, too; nothing more is sent to it.',
      access: OWNERS,
      params: endpointParams,
      answers: { 204: { description: 'It is deleted.' } },
      problems: [],
      handle: async ({ params: { endpointId }, principal }) => {
        await ownEndpoint(dependencies, endpointId, principal);
        if (!(await deleteEndpoint(pool, { endpointId, actor: principal.id }))) throw noEndpoint();
        return { status: 204 };
      },
    }),
  ];
}

function refuseUnreachable(url: string, internal: NonNullable<ApiDependencies['internalNetworks']>): void {
  const problem = receiverProblem(url, internal);
  if (problem !== undefined)
    throw new ApiProblem('invalid-body', {
      detail: 'Nothing was changed. Correct the fields that the errors name and send the request again.',
      errors: [{ pointer: '/url', detail: problem }],
    });
}
