import { hasEnded } from '../../contract/operations/states';
import type { PublicEvent } from '../../contract/schemas/event-schema';
import { EventPositionLost } from '../../registry/events/read';
import type { EventView, EventViewBatch } from '../../registry/views/events';
import type { EventFeed, FeedFilter } from './feed';

/** A stream carries something at least this often, so that proxies keep it open and clients notice a dead one. */
const HEARTBEAT_MS = 15_000;
const IDLE_MS = 5_000;

/** A stream ends after about this long, so that a token that has expired or was revoked is noticed when the client connects again. */
const LIFE_MS = 15 * 60_000;

/** Milliseconds before a client connects again; different for each, so that not all come back at the same moment after a restart. */
const RETRY_MS = { least: 500, most: 2_500 };

/** Characters sent at once, unless a single event has more. */
const CHUNK = 8_000;

/** A stream to send. */
export interface StreamOptions {
  filter: FeedFilter;
  /** The page with which the stream begins. */
  first: EventViewBatch;
  /** Whether the operation that the stream is about has ended; absent for a stream that does not end. */
  hasEnded?: boolean;
  signal: AbortSignal;
}

/** Server-Sent Events in the WHATWG's format, chunk by chunk. */
export async function* eventStream(feed: Pick<EventFeed, 'follow'>, options: StreamOptions): AsyncGenerator<string> {
  // A monotonic clock: heartbeats must not stop when the machine's time is set back.
  const end = performance.now() + LIFE_MS * (0.9 + Math.random() * 0.2);
  yield `retry: ${Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least))}\n\n`;
  let sentAt = performance.now();
  let sentId = 0;
  let ended = options.hasEnded ?? false;
  for await (const { views, position, isComplete } of portions(feed, options)) {
    for (const chunk of chunksOf(views)) yield chunk;
    if (views.length > 0) [sentAt, sentId] = [performance.now(), views.at(-1)!.event.sequence];
    ended ||= options.hasEnded !== undefined && views.some(isEnd);
    if ((ended && isComplete) || performance.now() >= end) return;
    if (performance.now() - sentAt < HEARTBEAT_MS) continue;
    // An id without data moves only the client's position: what the filter leaves out need not be kept for a client that comes back.
    yield position > sentId ? `: heartbeat\nid: ${position}\n\n` : ': heartbeat\n\n';
    [sentAt, sentId] = [performance.now(), position];
  }
}

/** An event as callers see it. */
export function publicEvent({ event }: EventView): PublicEvent {
  const { sequence, at, type, tenantId, operationId, data } = event;
  return {
    sequence,
    at: at.toISOString(),
    type,
    ...(tenantId === null ? {} : { tenantId }),
    ...(operationId === null ? {} : { operationId }),
    data: { ...data },
  };
}

/** Whether an event is the last of its operation. */
export function isEnd({ event }: EventView): boolean {
  return event.type === 'operation.status' && hasEnded(event.data.status);
}

async function* portions(
  feed: Pick<EventFeed, 'follow'>,
  { first, filter, signal }: StreamOptions,
): AsyncGenerator<EventViewBatch> {
  yield first;
  try {
    yield* feed.follow(filter, first.position, IDLE_MS, signal);
  } catch (error) {
    // The client learns it from the answer when it connects again.
    if (!(error instanceof EventPositionLost)) throw error;
  }
}

function* chunksOf(views: EventView[]): Generator<string> {
  let chunk = '';
  for (const view of views) {
    chunk += frameOf(view);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** Each event is written as text once for all streams. */
const frames = new WeakMap<EventView, string>();

function frameOf(view: EventView): string {
  const known = frames.get(view);
  if (known !== undefined) return known;
  const frame = `id: ${view.event.sequence}\ndata: ${JSON.stringify(publicEvent(view))}\n\n`;
  frames.set(view, frame);
  return frame;
}
