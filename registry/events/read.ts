import type pg from 'pg';
import type { EventType, NumberedEvent } from '../../contract/events/events';
import { maybeOne, type Queryable } from '../database';
import { numberEvents } from './numbering';

/**
 * A reader's position cannot be continued from: events after it have been deleted, or the registry was restored from a copy that is older
 * than the position. The reader has to read the current state again, and to follow the log from {@link newestSequence}.
 */
export class EventPositionLost extends Error {
  override readonly name = 'EventPositionLost';
  /** The oldest and the newest event that are kept; `oldest` is the higher number if none are. */
  readonly oldest: number;
  readonly newest: number;

  constructor(
    readonly position: number,
    { forgotten, newest }: Pick<Head, 'forgotten' | 'newest'>,
  ) {
    super(
      position < forgotten
        ? `Events after ${position} are no longer kept; the oldest is ${forgotten + 1}. Read the current state, then follow the events after ${newest}.`
        : `There is no event ${position}; the newest is ${newest}, so the registry was restored from an older copy. Read the current state, then follow the events after ${newest}.`,
    );
    this.oldest = forgotten + 1;
    this.newest = newest;
  }
}

/** Which events to read. */
export interface EventFilter {
  /** The reader's position: only events with a higher number. 0 is the beginning. */
  after: number;
  limit: number;
  tenantId?: string | undefined;
  operationId?: string | undefined;
  types?: readonly EventType[] | undefined;
}

/** Events in order, and the position to continue from. */
export interface EventBatch {
  events: NumberedEvent[];
  /** At least the number of the last event; higher if the filter excludes everything that follows. */
  position: number;
}

interface Head {
  forgotten: number;
  newest: number;
}

/**
 * The next events for a reader that keeps its own position: every event that was committed before this call is either among them or comes
 * with a later call. Throws {@link EventPositionLost}.
 */
export async function listEvents(pool: pg.Pool, filter: EventFilter): Promise<EventBatch> {
  await numberEvents(pool);
  return listNumbered(pool, filter);
}

/** The number of the newest event that was committed before this call; 0 if there was never one. */
export async function newestSequence(pool: pg.Pool): Promise<number> {
  await numberEvents(pool);
  const row = await maybeOne<{ newest: string }>(pool, `select newest from event_head`);
  return Number(row!.newest);
}

type Row = { newest: string; forgotten: string } & (
  (Omit<NumberedEvent, 'sequence'> & { sequence: string }) | { sequence: null }
);

/** {@link listEvents} among the events that have a number. */
export async function listNumbered(
  db: Queryable,
  { after, limit, tenantId, operationId, types }: EventFilter,
): Promise<EventBatch> {
  // One statement, so that no event is deleted between reading the events and reading which ones are kept. Without its limit, PostgreSQL
  // would expect two thousand rows of a table that it has not analysed yet, and spend 10 ms on compiling the query.
  const { rows } = await db.query<Row>(
    `select head.*, found.* from (select newest, forgotten from event_head limit 1) as head left join lateral (
       select sequence, at, type, tenant_id as "tenantId", operation_id as "operationId", data from event
       where sequence > $1 and ($3::text is null or tenant_id = $3) and ($4::text is null or operation_id = $4)
         and ($5::text[] is null or type = any($5))
       order by sequence limit $2) as found on true
     order by found.sequence`,
    [after, limit, tenantId ?? null, operationId ?? null, types ?? null],
  );
  const head = { newest: Number(rows[0]!.newest), forgotten: Number(rows[0]!.forgotten) };
  if (after < head.forgotten || after > head.newest) throw new EventPositionLost(after, head);
  const events = rows.flatMap((row) => (row.sequence === null ? [] : [eventOf(row)]));
  return { events, position: events.length < limit ? head.newest : events.at(-1)!.sequence };
}

function eventOf({
  newest: _newest,
  forgotten: _forgotten,
  sequence,
  ...event
}: Extract<Row, { sequence: string }>): NumberedEvent {
  return { ...event, sequence: Number(sequence) } as NumberedEvent;
}
