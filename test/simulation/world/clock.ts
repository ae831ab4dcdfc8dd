import { AsyncLocalStorage } from 'node:async_hooks';
import timersPromises from 'node:timers/promises';

/** The moment at which every simulated run begins. */
export const EPOCH = Date.UTC(2026, 0, 1);

interface Timer {
  at: number;
  order: number;
  fire: () => void;
  owner: Owner | undefined;
  /** Called when the owner dies before the timer fires. */
  lost?: () => void;
}

/** The simulated process that a timer belongs to. Timers of a dead process never fire. */
export interface Owner {
  dead: boolean;
}

const real = { setImmediate, Date, random: Math.random };

/**
 * A clock that stands still while anything works, and otherwise jumps to the next timer. It replaces `Date`, `setTimeout` (including that
 * of `node:timers/promises`), `setInterval`, `AbortSignal.timeout` and `Math.random`, so the product's own timers run on it too. Work that
 * really waits for the operating system, such as a query on its way to PostgreSQL, is registered with {@link VirtualClock.waitFor}; time
 * stands still until it completes.
 */
export class VirtualClock {
  now = EPOCH;
  readonly start = EPOCH;
  /** How far this program's clock is ahead of all other clocks. */
  skew = 0;
  readonly owner = new AsyncLocalStorage<Owner>();
  #timers: Timer[] = [];
  #order = 0;
  #waiting = 0;
  #arrivals = 0;
  #arrived: (() => void) | undefined;
  #random: () => number = real.random;

  /** Drops every timer and restarts at the epoch. */
  reset(random: () => number): void {
    this.now = EPOCH;
    this.skew = 0;
    this.#timers = [];
    this.#order = 0;
    this.#random = random;
  }

  /** Ends the owner's process: its timers never fire, and callers that hold shared state in memory release it. */
  kill(owner: Owner): void {
    owner.dead = true;
    for (const timer of [...this.#timers]) if (timer.owner === owner) timer.lost?.();
  }

  /** Calls `fire` after this many milliseconds of virtual time, or `lost` if its owner dies before; the returned function cancels it. */
  after(milliseconds: number, fire: () => void, lost?: () => void): () => void {
    // Node rounds delays that are not positive up to one millisecond.
    const delay = milliseconds >= 1 ? milliseconds : 1;
    const timer: Timer = {
      at: this.now + delay,
      order: this.#order++,
      fire: AsyncLocalStorage.bind(fire),
      owner: this.owner.getStore(),
      ...(lost === undefined ? {} : { lost: AsyncLocalStorage.bind(lost) }),
    };
    this.#push(timer);
    return () => {
      timer.fire = () => {};
      delete timer.lost;
    };
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        cancel();
        reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal?.reason }));
      };
      const cancel = this.after(
        milliseconds,
        () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
        () => reject(new Error('The process has died.')),
      );
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Stops time until this has settled. */
  waitFor<T>(work: Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = (): void => {
      this.#waiting -= 1;
      this.#arrivals += 1;
      if (this.#waiting === 0) this.#arrived?.();
    };
    work.then(done, done);
    return work;
  }

  /** Lets time pass until `over` returns true or no event is left. Resolves with true in the first case. */
  async run(over: () => boolean): Promise<boolean> {
    for (;;) {
      await this.#settled();
      if (over()) return true;
      const next = this.#pop();
      if (!next) return false;
      this.now = Math.max(this.now, next.at);
      if (next.owner?.dead !== true) next.fire();
    }
  }

  /** Resolves when no result of the operating system is outstanding and every promise has run as far as it can. */
  async #settled(): Promise<void> {
    for (;;) {
      const before = this.#arrivals;
      await new Promise<void>((resolve) => real.setImmediate(resolve));
      if (this.#waiting > 0) await new Promise<void>((resolve) => (this.#arrived = resolve));
      else if (this.#arrivals === before) return;
    }
  }

  #push(timer: Timer): void {
    const timers = this.#timers;
    let index = timers.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!earlier(timers[index]!, timers[parent]!)) break;
      [timers[index], timers[parent]] = [timers[parent]!, timers[index]!];
      index = parent;
    }
  }

  #pop(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (!first || first === last) return first;
    timers[0] = last!;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < timers.length && earlier(timers[left]!, timers[least]!)) least = left;
      if (right < timers.length && earlier(timers[right]!, timers[least]!)) least = right;
      if (least === index) return first;
      [timers[index], timers[least]] = [timers[least]!, timers[index]!];
      index = least;
    }
  }

  /** Replaces the program's own clock, permanently: a simulating process does nothing else. */
  install(): void {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const clock = this;
    const seen = (): number => clock.now + clock.skew;
    globalThis.Date = new Proxy(real.Date, {
      construct: (target, args) => Reflect.construct(target, args.length === 0 ? [seen()] : args) as Date,
      get: (target, key) => (key === 'now' ? seen : (Reflect.get(target, key) as unknown)),
    });
    Math.random = () => this.#random();
    const handle = (cancel: () => void) => ({
      cancel,
      ref: () => handle(cancel),
      unref: () => handle(cancel),
      hasRef: () => true,
      [Symbol.dispose]: cancel,
    });
    const clear = (timer: unknown): void => (timer as { cancel?: () => void } | undefined)?.cancel?.();
    Object.assign(globalThis, {
      setTimeout: (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
        handle(clock.after(Number(ms), () => work(...args))),
      clearTimeout: clear,
      setInterval: (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
        let cancel = (): void => {};
        let over = false;
        const again = (): void => {
          cancel = clock.after(Number(ms), () => {
            work(...args);
            if (!over) again();
          });
        };
        again();
        return handle(() => {
          over = true;
          cancel();
        });
      },
      clearInterval: clear,
    });
    Object.assign(timersPromises, {
      setTimeout: (ms = 0, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
        clock.sleep(Number(ms), signal).then(() => value),
    });
    AbortSignal.timeout = (ms: number) => {
      const controller = new AbortController();
      clock.after(ms, () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')));
      return controller.signal;
    };
  }
}

function earlier(left: Timer, right: Timer): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
