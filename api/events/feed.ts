import pLimit from 'p-limit';
import type pg from 'pg';
import type { Logger } from 'pino';
import { isUnavailable } from '../../registry/database';
import { newestSequence } from '../../registry/events/read';
import { listEventViews, type EventView, type EventViewBatch, type EventViewFilter } from '../../registry/views/events';
import { LogFollower } from './follower';

/** Events that a reader gets at once. */
const PORTION = 100;

/** Readers that read from the registry at the same time, of its pool of connections. */
const READS = 2;

/** Milliseconds for which the log is followed after the last reader has left: callers that poll come back. */
const LINGER_MS = 10_000;

/** Milliseconds between two attempts to read from a registry that is unavailable. */
const OUTAGE_MS = 1_000;

/** The events that a reader gets. */
export interface FeedFilter extends EventViewFilter {
  /** Whether an event meets all conditions, and the caller may see it. */
  accepts(view: EventView): boolean;
}

/**
 * The event log, for any number of readers at once. A single follower reads each event once while there are readers, and all get it from
 * memory. The registry is asked for one reader's sake only where the reader begins, or has fallen behind.
 */
export class EventFeed {
  readonly #pool: pg.Pool;
  readonly #logger: Logger;
  readonly #limit = pLimit(READS);
  readonly #stopping = new AbortController();
  #readers = 0;
  #follower: Promise<LogFollower> | undefined;
  #linger: NodeJS.Timeout | undefined;

  /** Reads nothing before the first reader comes. */
  constructor(pool: pg.Pool, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  /** The number of the newest event. */
  newest(): Promise<number> {
    return newestSequence(this.#pool);
  }

  /**
   * The next events after a position, or from the oldest that is kept if it is undefined. There may be none although more follow. Throws
   * `EventPositionLost`.
   */
  async page(
    { accepts, ...filter }: FeedFilter,
    after: number | undefined,
    limit: number = PORTION,
  ): Promise<EventViewBatch> {
    const batch = await this.#limit(() => listEventViews(this.#pool, filter, { after, limit }));
    return { ...batch, views: batch.views.filter(accepts) };
  }

  /**
   * Yields the events after a position that a page has ended with, as they come. Yields an empty portion every `idleMs`, also while the
   * registry is unavailable. Ends when the signal is aborted or the process stops. A reader that does not ask for the next portion costs
   * no memory. Throws `EventPositionLost`.
   */
  async *follow(
    filter: FeedFilter,
    after: number,
    idleMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<EventViewBatch> {
    const follower = await this.#enter();
    try {
      for (let position = after; ;) {
        if (signal.aborted || follower.hasEnded) return;
        const batch = await this.#next(follower, filter, position);
        position = batch?.position ?? position;
        yield batch ?? { views: [], position, isComplete: false };
        if (!batch) await follower.waiters.wait(OUTAGE_MS, signal);
        else if (position >= follower.recent.position) await follower.waiters.wait(idleMs, signal);
      }
    } finally {
      this.#leave();
    }
  }

  /** Ends all readers, present and future. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#linger);
    await this.#drop();
  }

  /** Undefined while the registry is unavailable. */
  async #next({ recent }: LogFollower, filter: FeedFilter, position: number): Promise<EventViewBatch | undefined> {
    const known = recent.after(position, PORTION);
    if (known) return { ...known, views: known.views.filter((view) => filter.accepts(view)) };
    return this.page(filter, position).catch((error: unknown) => {
      if (isUnavailable(error)) return undefined;
      throw error;
    });
  }

  async #enter(): Promise<LogFollower> {
    this.#readers += 1;
    clearTimeout(this.#linger);
    try {
      return await (this.#follower ??= this.#begin());
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #begin(): Promise<LogFollower> {
    const begun = LogFollower.begin(this.#pool, this.#logger);
    const forget = (): void => {
      if (this.#follower === begun) this.#follower = undefined;
    };
    begun.then(({ ended }) => ended).then(forget, forget);
    // The process may have stopped in the meantime.
    void begun.then((follower) => (this.#stopping.signal.aborted ? follower.stop() : undefined)).catch(() => {});
    return begun;
  }

  #leave(): void {
    this.#readers -= 1;
    if (this.#readers === 0 && !this.#stopping.signal.aborted)
      this.#linger = setTimeout(() => void this.#drop(), LINGER_MS).unref();
  }

  async #drop(): Promise<void> {
    const follower = this.#follower;
    this.#follower = undefined;
    await follower?.then((it) => it.stop()).catch(() => {});
  }
}
