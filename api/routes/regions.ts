import { z } from 'zod';
import { PLANS } from '../../contract/order';
import { listRegionOffers } from '../../registry/region-offers';
import type { ApiDependencies } from '../dependencies';
import { defineRoute, type Route } from '../route';

/** Below this many more tenants of a plan there is little room for it. */
const LITTLE_ROOM = 10;

const regionSchema = z
  .strictObject({
    region: z.string().meta({ description: 'What an order names as `region`.', example: 'eu-central' }),
    jurisdiction: z.string().meta({ description: 'The law it lies under.', example: 'EU' }),
    plans: z.array(
      z
        .strictObject({
          plan: z.enum(PLANS),
          room: z.enum(['plenty', 'little', 'none']).meta({
            description: `\`little\`: for fewer than ${LITTLE_ROOM} more tenants of this plan. \`none\`: an order fails with \`CapacityExhausted\`.`,
          }),
        })
        .meta({ id: 'RegionPlan' }),
    ),
  })
  .meta({ id: 'Region', description: 'Where tenants can be, and the plans that can be ordered there.' });

export const regionListSchema = z.strictObject({ items: z.array(regionSchema) }).meta({ id: 'RegionList' });

/** `GET /v1/regions`. */
export function regionRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/regions',
      operationId: 'listRegions',
      tag: 'Regions',
      summary: 'The regions, the plans each serves, and how much room is left',
      description:
        'As the workers last made it known; empty before any worker has started. Room is as of now and reserves nothing. It holds for a plan as it is sold: encryption under a key of the tenant’s own, a retention period or customizations may need more than a region has.',
      access: ['tenants:order', 'tenants:read', 'operations:operate'],
      answers: { 200: { description: 'Every region, by name.', schema: regionListSchema } },
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

function roomOf(places: number): 'plenty' | 'little' | 'none' {
  if (places === 0) return 'none';
  return places < LITTLE_ROOM ? 'little' : 'plenty';
}
