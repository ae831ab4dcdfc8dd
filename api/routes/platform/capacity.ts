import { roomOf } from '../../../contract/capacity/room';
import { capacitySchema, type Capacity } from '../../../contract/schemas/platform/capacity-schema';
import { listCells } from '../../../registry/capacity/capacity';
import { listRegionOffers } from '../../../registry/capacity/region-offers';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

/** `GET /v1/capacity`. */
export function capacityRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/capacity',
      operationId: 'getCapacity',
      tag: 'Regions',
      summary: 'Get the capacity of every region, and how much of it is taken',
      description:
        'As last registered by the workers. Reservations of tenants that are being provisioned count as taken.',
      access: ['tenants:read', 'operations:operate'],
      answers: { 200: { description: 'All regions with their cells.', schema: capacitySchema } },
      problems: [],
      handle: async () => {
        const [offers, cells] = [await listRegionOffers(pool), await listCells(pool)];
        const items = offers.map(({ region, jurisdiction, plans }) => ({
          region,
          jurisdiction,
          plans: plans.map(({ plan, places }) => ({ plan, places, room: roomOf(places) })),
          cells: cells
            .filter((cell) => cell.region === region)
            .map(({ cell, kind, capacity, used }) => ({ cell, kind, capacity, used })),
        }));
        return { status: 200, body: { items } satisfies Capacity };
      },
    }),
  ];
}
