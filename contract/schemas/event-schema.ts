import { z } from 'zod';
import { EVENTS, type EventType } from '../events/events';
import { timestamp } from './common';

const TYPES = Object.keys(EVENTS) as EventType[];

/** An event as callers see it. */
export const eventSchema = z
  .strictObject({
    sequence: z
      .int()
      .meta({ description: 'Number of the event in the log, and the position after it.', example: 4711 }),
    at: timestamp.meta({ description: 'When it happened.' }),
    type: z.enum(TYPES).meta({ description: 'Later versions add types: ignore those you do not know.' }),
    tenantId: z.string().optional(),
    operationId: z.string().optional(),
    data: z.record(z.string(), z.unknown()).meta({
      description: 'Ids, enumerations, numbers and times, by the type of the event.',
      example: { from: 'provisioning', status: 'active' },
    }),
  })
  .meta({ id: 'Event', description: 'A fact that others may follow.' });

/** An event as callers see it. */
export type PublicEvent = z.infer<typeof eventSchema>;

/** A page of events, oldest first. */
export const eventPageSchema = z
  .strictObject({
    items: z.array(eventSchema),
    position: z.int().meta({ description: 'Pass it as `after` to get the next page.', example: 4711 }),
    more: z.boolean().meta({ description: 'Whether more may follow already; then ask again without waiting.' }),
    ended: z
      .literal(true)
      .optional()
      .meta({ description: 'Of an operation’s events: it has ended, and this page is the last.' }),
  })
  .meta({ id: 'EventPage', description: 'A page of events, oldest first. It may be empty although more follow.' });

/** Query parameter that names types of events, separated by commas. */
export const eventTypesSchema = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const types = TYPES.filter((type) => text.split(',').includes(type));
    if (types.length === new Set(text.split(',')).size) return types;
    context.addIssue({
      code: 'custom',
      message: `Must be types of events, separated by commas, of these: ${TYPES.join(', ')}.`,
    });
    return z.NEVER;
  });
