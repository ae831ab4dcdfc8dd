import { z } from 'zod';
import { LITTLE_ROOM, ROOMS, roomOf } from '../../../contract/capacity/room';
import { PLANS } from '../../../contract/orders/order';
import { listRegionOffers } from '../../../registry/capacity/region-offers';
import type { Role } from '../../access/roles';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

/** Roles that may ask how much room the regions have. */
export const READS_REGIONS: readonly Role[] = ['tenants:order', 'tenants:read', 'operations:operate'];

const regionSchema = z
  .strictObject({
    region: z.string().meta({ description: 'Value for `region` in an order.', example: 'eu-central' }),
    jurisdiction: z.string().meta({ description: 'Law that applies in the region.', example: 'EU' }),
    plans: z.array(
      z
        .strictObject({
          plan: z.enum(PLANS),
          room: z.enum(ROOMS).meta({
            description: `\`little\`: fewer than ${LITTLE_ROOM} more tenants of this plan fit. \`none\`: an order fails with \`CapacityExhausted\`.`,
          }),
        })
        .meta({ id: 'RegionPlan' }),
    ),
  })
  .meta({ id: 'Region', description: 'A region, and the plans that can be ordered there.' });

export const regionListSchema = z.strictObject({ items: z.array(regionSchema) }).meta({ id: 'RegionList' });

/** `GET /v1/regions`. */
export function regionRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/regions',
      operationId: 'listRegions',
      tag: 'Regions',
      summary: 'List the regions, the plans each serves, and how much room is left',
      description:
        'As last registered by the workers; empty until a worker has started. The room is a snapshot and reserves nothing. It applies to the plan as sold: encryption under the tenant’s own key, a retention period or customizations may need more than a region offers.',
      access: READS_REGIONS,
      answers: { 200: { description: 'All regions, sorted by name.', schema: regionListSchema } },
      problems: [],
      handle: async () => ({
        status: 200,
        body: {
          items: (await listRegionOffers(pool)).map(({ plans, ...region }) => ({
            ...region,
            plans: plans.map(({ plan, places }) => ({ plan, room: roomOf(places) })),
          })),
        },
      }),
    }),
  ];
}
