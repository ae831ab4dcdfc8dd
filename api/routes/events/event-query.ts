import { z } from 'zod';
import { PLANS } from '../../../contract/orders/order';
import { tenantIdSchema } from '../../../contract/schemas/common';
import { eventTypesSchema } from '../../../contract/schemas/event-schema';
import { EventPositionLost } from '../../../registry/events/read';
import type { EventView, EventViewFilter } from '../../../registry/views/events';
import { eventsSeenBy, maySeeEvent } from '../../access/event-visibility';
import type { Principal } from '../../access/auth';
import type { FeedFilter } from '../../events/feed';
import { ApiProblem } from '../../http/problems';

const MAX_LIMIT = 500;
const MAX_WAIT_SECONDS = 30;

/** Query parameters of the events of one operation. */
export const positionQuery = z.strictObject({
  after: number(0, 999_999_999_999_999)
    .optional()
    .meta({ type: 'integer', minimum: 0, description: 'Only events with a higher number.', example: 4711 }),
  limit: number(1, MAX_LIMIT).optional().meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    description: 'Events per page; 100 by default. Streams have no pages.',
  }),
  wait: number(0, MAX_WAIT_SECONDS).optional().meta({
    type: 'integer',
    minimum: 0,
    maximum: MAX_WAIT_SECONDS,
    description: 'Seconds to wait for an event if there is none yet; 0 by default. Streams wait anyway.',
  }),
});

/** Query parameters of all events. */
export const eventsQuery = positionQuery.extend({
  types: eventTypesSchema.optional().meta({
    type: 'string',
    description: 'Only events of these types, separated by commas.',
    example: 'operation.status,tenant.state',
  }),
  tenant: tenantIdSchema.optional().meta({ description: 'Only events about this tenant.' }),
  plan: z.enum(PLANS).optional().meta({ description: 'Only events about tenants of this plan.' }),
});

function number(least: number, most: number) {
  const message = `Must be a whole number from ${least} to ${most}.`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

/** What a reader of the feed gets for a query: what it asks for and the caller may see. */
export function filterOf(query: EventViewFilter, principal: Principal): FeedFilter {
  return {
    ...query,
    caller: eventsSeenBy(principal),
    accepts: (view) => matches(query, view) && maySeeEvent(principal, view),
  };
}

function matches({ tenantId, operationId, types, plan }: EventViewFilter, { event, plan: its }: EventView): boolean {
  return (
    (tenantId === undefined || tenantId === event.tenantId) &&
    (operationId === undefined || operationId === event.operationId) &&
    (types === undefined || types.includes(event.type)) &&
    (plan === undefined || plan === its)
  );
}

/** The position from the header `Last-Event-ID`, which clients send when they connect again, or else from the query. */
export function positionFrom(header: string | undefined, after: number | undefined): number | undefined {
  if (header === undefined || header === '') return after;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new ApiProblem('unknown-position', {
    detail:
      'The Last-Event-ID header holds no id of an event of this API. Send the id that the event came with, or none.',
  });
}

/** The problem for a position that cannot be continued from; any other error as it is. */
export function asPositionProblem(error: unknown): unknown {
  if (!(error instanceof EventPositionLost)) return error;
  const { position, oldest, newest } = error;
  const isExpired = position < oldest - 1;
  return new ApiProblem(isExpired ? 'events-expired' : 'unknown-position', {
    detail: isExpired
      ? `The oldest event that is kept is ${oldest}. Read the current state again, then follow the events after ${newest}.`
      : `The newest event is ${newest}. Read the current state again, then follow the events after it.`,
    log: { oldest, newest },
  });
}
