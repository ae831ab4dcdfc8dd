import { backoff, delay } from './backoff';
import { ApiError, ConnectionFailed } from './errors';
import { eventPage, NoStream, paged, streamed, type EventSource } from './event-sources';
import { isEnd, type Event } from './types';

/** Where to begin, and what to do at interruptions. */
export interface FollowOptions {
  /** Only events with a higher number. */
  after?: number | undefined;
  /** Ends the iteration: it then throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called before each wait for a new connection, so that a view can say so. */
  onReconnect?: ((interruption: { error: Error; waitMs: number }) => void) | undefined;
}

const MOST_MS = 30_000;
/** Streams in a row that brought nothing. After them pages are read instead, because something on the way seems unable to stream. */
const BARREN_STREAMS = 2;

/**
 * Events in order, each exactly once, over cut connections and restarts of the API. Throws only what waiting cannot cure, such as an
 * invalid token, and the signal's reason.
 */
export async function* follow(
  source: Omit<EventSource, 'signal'>,
  { after, signal = new AbortController().signal, onReconnect }: FollowOptions,
): AsyncGenerator<Event> {
  let position = after;
  let newest = after ?? 0;
  let failures = 0;
  let barren = 0;
  let retryMs = 1_000;
  for (;;) {
    const isPaging = barren >= BARREN_STREAMS;
    let isAtEnd = false;
    let interruption: Error = new ConnectionFailed('The stream has ended.');
    try {
      const all = { ...source, signal };
      for await (const portion of isPaging ? paged(all, position) : streamed(all, position, (ms) => (retryMs = ms))) {
        failures = 0;
        if (!isPaging) barren = 0;
        for (const event of portion.events) {
          if (event.sequence <= newest) continue;
          newest = event.sequence;
          isAtEnd = isEnd(event);
          yield event;
        }
        position = portion.position;
        if (portion.hasEnded) return;
      }
    } catch (error) {
      if (!(error instanceof Error) || !isPassing(error)) throw error;
      if (error instanceof NoStream) barren++;
      interruption = error;
    }
    // The next answer only says that the operation has ended.
    if (isAtEnd) continue;
    const waitMs = waitAfter(interruption, failures++, retryMs);
    onReconnect?.({ error: interruption, waitMs });
    await delay(waitMs, signal);
  }
}

/** The number of the newest event, from which later events can be followed without a gap. */
export async function presentPosition(
  source: Omit<EventSource, 'signal'>,
  { signal = new AbortController().signal, onReconnect }: FollowOptions,
): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      return (await eventPage({ ...source, signal }, { limit: 1 })).position;
    } catch (error) {
      if (!(error instanceof Error) || !isPassing(error)) throw error;
      const waitMs = waitAfter(error, failures, 1_000);
      onReconnect?.({ error, waitMs });
      await delay(waitMs, signal);
    }
  }
}

function isPassing(error: Error): boolean {
  return (
    error instanceof ConnectionFailed || (error instanceof ApiError && (error.status === 429 || error.status >= 500))
  );
}

function waitAfter(error: Error, failures: number, baseMs: number): number {
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, backoff(failures, { baseMs, mostMs: Math.max(MOST_MS, baseMs) }));
}
