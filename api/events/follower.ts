import type pg from 'pg';
import type { Logger } from 'pino';
import { followEvents } from '../../registry/events/follow';
import { EventPositionLost, newestSequence } from '../../registry/events/read';
import { listEventViews } from '../../registry/views/events';
import { causeOf } from '../http/log';
import { RecentEvents } from './recent';
import { Waiters } from './waiters';

/** Events that are read at once. */
const PORTION = 500;

/** Reads each new event of the log once, for all readers in this process, and wakes them. */
export class LogFollower {
  readonly recent: RecentEvents;
  readonly waiters = new Waiters();
  /** Resolves when it no longer follows: after `stop`, or because its position is lost in a registry that was restored. */
  readonly ended: Promise<void>;
  readonly #end = new AbortController();
  readonly #pool: pg.Pool;
  readonly #logger: Logger;

  /** Begins with the events that are committed from now on. */
  static async begin(pool: pg.Pool, logger: Logger): Promise<LogFollower> {
    return new LogFollower(await newestSequence(pool), pool, logger);
  }

  private constructor(position: number, pool: pg.Pool, logger: Logger) {
    this.recent = new RecentEvents(position);
    this.#pool = pool;
    this.#logger = logger;
    this.ended = this.#run();
  }

  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.waiters.wake();
    await this.ended;
  }

  async #run(): Promise<void> {
    let failing = false;
    for await (const _ of followEvents(this.#pool, this.#end.signal)) {
      try {
        await this.#readAll();
        failing = false;
      } catch (cause) {
        if (cause instanceof EventPositionLost) this.#end.abort();
        if (!failing) this.#logger.warn({ cause: causeOf(cause) }, 'the event log cannot be followed; trying again');
        failing = true;
      }
      this.waiters.wake();
    }
  }

  async #readAll(): Promise<void> {
    do {
      this.recent.add(await listEventViews(this.#pool, {}, { after: this.recent.position, limit: PORTION }));
      // A long backlog need not be read to its end before readers get its beginning.
      if (!this.recent.isComplete) this.waiters.wake();
    } while (!this.recent.isComplete && !this.hasEnded);
  }
}
