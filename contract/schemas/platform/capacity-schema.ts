import { z } from 'zod';
import { PLANS } from '../../orders/order';
import { ROOMS } from '../../capacity/room';

const cell = z
  .strictObject({
    cell: z.string().meta({ example: 'eu-central-db-1' }),
    kind: z.enum(['database', 'storage', 'compute']),
    capacity: z.number().min(0).meta({ description: 'Tenants of a database, buckets, or milli-CPU.', example: 500 }),
    used: z.number().min(0).meta({ example: 188 }),
  })
  .meta({ id: 'CapacityCell' });

const region = z
  .strictObject({
    region: z.string().meta({ example: 'eu-central' }),
    jurisdiction: z.string().meta({ example: 'EU' }),
    plans: z.array(
      z
        .strictObject({
          plan: z.enum(PLANS),
          places: z.int().min(0).meta({ description: 'How many more tenants fit if only this plan is ordered.' }),
          room: z.enum(ROOMS),
        })
        .meta({ id: 'CapacityPlan' }),
    ),
    cells: z.array(cell).meta({ description: 'Sorted by kind and name.' }),
  })
  .meta({ id: 'RegionCapacity', description: 'A region with its cells.' });

/** Answer of `GET /v1/capacity`. */
export const capacitySchema = z
  .strictObject({ items: z.array(region).meta({ description: 'Sorted by name.' }) })
  .meta({ id: 'Capacity', description: 'What the regions hold and how much of it is taken.' });

/** What the regions hold and how much of it is taken. */
export type Capacity = z.infer<typeof capacitySchema>;
