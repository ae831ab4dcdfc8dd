import type pg from 'pg';

/** Milliseconds after which readers look for events although they were not woken. */
const LONGEST_WAIT_MS = 1_000;

/**
 * Yields whenever there may be new events: at once, after every commit that appends some, and after a second at most, so that a lost wake-up
 * costs a second and not an event. Occupies one connection of the pool, and replaces it when it breaks. Ends when the signal is aborted.
 * `restMs`: the longest wait, instead of a second, while notifications are known to arrive.
 *
 *     for await (const _ of followEvents(pool, signal)) while ((await readEvents(pool, 'mail', 100, send)) === 100);
 */
export async function* followEvents(
  pool: pg.Pool,
  signal: AbortSignal,
  restMs = LONGEST_WAIT_MS,
): AsyncGenerator<void> {
  const listener = new Listener(pool, restMs);
  const close = (): void => listener.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    listener.keepConnected();
    while (!signal.aborted) {
      yield;
      await listener.woken();
    }
  } finally {
    signal.removeEventListener('abort', close);
    listener.close();
  }
}

/** Listens for the notifications of `wakeFollowers`. */
class Listener {
  readonly #pool: pg.Pool;
  readonly #restMs: number;
  /** Whether the present connection has delivered a notification. One through PgBouncer in transaction mode never does. */
  #hears = false;
  #connection: { client?: pg.PoolClient } | undefined;
  #closed = false;
  /** A notification has arrived while no caller was waiting. */
  #pending = false;
  #wake = (): void => {
    this.#pending = true;
  };

  constructor(pool: pg.Pool, restMs: number) {
    this.#pool = pool;
    this.#restMs = restMs;
  }

  /** Connects in the background if there is no connection, and finds out whether the present one still answers. */
  keepConnected(): void {
    const connection = this.#connection;
    if (connection === undefined) void this.#connect();
    // The pool's time-out for queries applies, and the error is the one that drops the connection.
    else connection.client?.query('select').catch(() => this.#drop(connection));
  }

  /** Resolves at the next notification, at the latest after {@link LONGEST_WAIT_MS}, or `restMs` where notifications arrive. */
  woken(): Promise<void> {
    if (this.#pending || this.#closed) {
      this.#pending = false;
      return Promise.resolve();
    }
    const remember = this.#wake;
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wake = remember;
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.keepConnected();
          wake();
        },
        this.#hears ? this.#restMs : LONGEST_WAIT_MS,
      );
      this.#wake = wake;
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#connection) this.#drop(this.#connection);
    this.#wake();
  }

  async #connect(): Promise<void> {
    const connection: { client?: pg.PoolClient } = {};
    this.#connection = connection;
    try {
      const client = await this.#pool.connect();
      connection.client = client;
      if (this.#connection !== connection) return client.release(true);
      client.on('error', () => this.#drop(connection));
      client.on('notification', () => {
        this.#hears = this.#connection === connection;
        this.#wake();
      });
      await client.query('listen event');
      // There was no notification of what was committed in the meantime.
      this.#wake();
    } catch {
      this.#drop(connection);
    }
  }

  /** Ends a connection; {@link keepConnected} opens another. */
  #drop(connection: { client?: pg.PoolClient }): void {
    if (this.#connection === connection) {
      this.#connection = undefined;
      this.#hears = false;
      // A resting reader would learn of nothing until its rest ends.
      this.#wake();
    }
    const { client } = connection;
    delete connection.client;
    client?.release(true);
  }
}
