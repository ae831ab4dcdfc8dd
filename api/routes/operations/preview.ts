import { z } from 'zod';
import { orderSchema } from '../../../contract/schemas/order-schema';
import { previewSchema } from '../../../contract/schemas/preview-schema';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { previewOrder } from '../../preview/preview';

/** `POST /v1/tenants:preview`. */
export function previewRoutes(dependencies: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants:preview',
      operationId: 'previewTenant',
      tag: 'Tenants',
      summary: 'See what an order would do, without ordering',
      description:
        'Takes the body of an order. Makes, reserves, starts and stores nothing. An order that would be refused, or would fail in its first step, is answered 200 with all violations. A part that cannot be determined in time is listed in `unknown` with the reason. Name, room and prices are a snapshot: they may have changed when the order comes.',
      access: ['tenants:order'],
      body: z.unknown(),
      documentedBody: orderSchema,
      answers: { 200: { description: 'What the order would do, and what is wrong with it.', schema: previewSchema } },
      problems: [],
      handle: async ({ body, principal }) => ({
        status: 200,
        body: await previewOrder(dependencies, body, principal.id),
      }),
    }),
  ];
}
