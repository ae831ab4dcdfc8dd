import { DatabaseError } from 'pg';
import { classifyHttp } from '../../../providers/port/failures';
import type { VirtualClock } from './clock';
import type { Away, Mishap, Plan, PlannedEvent } from '../plan/plan';
import { drawn } from '../plan/random';

/** Milliseconds that a client of the product waits for an answer. */
const PATIENCE_MS = 10_000;

/** Share of a mishap's seconds after which the request is delivered again: 4.2 s of 60 s, within the time the product allows for. */
const SECOND_DELIVERY = 0.07;

/** A resource at a provider. */
export interface Held {
  tenantId: string;
  kind: string;
  name: string;
  id: string;
  region: string;
  half: boolean;
  spec: unknown;
  secrets: Record<string, string>;
}

/** An event, for the story. */
export interface Happening {
  at: number;
  what: string;
}

/** A delivered mail. */
export interface Delivered {
  to: string;
  messageId: string;
}

/**
 * The providers' side of a run: their resources, their outages, and the fate of each request. Every decision comes from the plan or is
 * drawn by the name of the call, so it does not depend on anything else.
 */
export class World {
  readonly held = new Map<string, Held>();
  readonly mails: Delivered[] = [];
  readonly charged = new Set<string>();
  readonly story: Happening[] = [];
  /** Permanent refusals, whoever made them. */
  refusals: string[] = [];
  /** Planned events that occurred. */
  readonly fired = new Set<PlannedEvent>();
  /** Virtual time by which every outstanding effect has landed. */
  quietAt = 0;
  readonly #calls = new Map<string, number>();
  readonly #away: { who: Away; from: number; until: number; silent: boolean; event: PlannedEvent }[];

  constructor(
    readonly clock: VirtualClock,
    readonly plan: Plan,
  ) {
    this.#away = plan.events.flatMap((event) =>
      event.event === 'away'
        ? [
            {
              who: event.who,
              silent: event.silent,
              event,
              from: clock.now + event.at * 1000,
              until: clock.now + (event.at + event.seconds) * 1000,
            },
          ]
        : [],
    );
  }

  tell(what: string): void {
    this.story.push({ at: this.clock.now, what });
  }

  /** The current outage of a server, and its end. */
  away(who: Away): { until: number; silent: boolean } | undefined {
    const { now } = this.clock;
    const found = this.#away.find((each) => each.who === who && each.from <= now && now < each.until);
    if (!found) return undefined;
    if (!this.fired.has(found.event))
      this.tell(`${who} is ${found.silent ? 'frozen' : 'down'} until ${(found.until - this.clock.start) / 1000} s`);
    this.fired.add(found.event);
    return found;
  }

  /**
   * One request to a provider. `effect` executes it, or half of it if told so. Resolves with the answer, or rejects as a client does when
   * there is none.
   */
  async request<T>(who: Away, call: string, signal: AbortSignal, effect: (half: boolean) => T): Promise<T> {
    signal.throwIfAborted();
    if (this.clock.owner.getStore()?.dead === true) throw broken();
    const nth = (this.#calls.get(call) ?? 0) + 1;
    this.#calls.set(call, nth);
    const away = this.away(who);
    if (away && !away.silent) {
      await this.#pause(3, signal);
      throw unreachable();
    }
    // A frozen server executes its pending requests as soon as it resumes, even if their callers have given up.
    if (away) return this.#answered(effect, away.until - this.clock.now + 5, signal);
    const refusal = this.plan.events.find(
      (event) => event.event === 'refusal' && event.call === call && event.nth === nth,
    );
    if (refusal) {
      this.fired.add(refusal);
      this.refusals.push(call);
      this.tell(`${call} is refused for good`);
      await this.#pause(20, signal);
      throw classifyHttp(403, call);
    }
    const mishap = this.plan.events.find(
      (event) => event.event === 'mishap' && event.call === call && event.nth === nth,
    );
    const latency = 5 + drawn(this.plan.seed, `${call} ${nth}`) * 150;
    if (mishap?.event !== 'mishap') {
      await this.#pause(latency / 2, signal);
      const result = effect(false);
      await this.#pause(latency / 2, signal);
      return result;
    }
    this.fired.add(mishap);
    this.tell(`${call} (${ordinal(nth)}): ${mishap.how}`);
    return this.#mishap(who, call, mishap.how, mishap.seconds * 1000, signal, effect);
  }

  async #mishap<T>(
    who: Away,
    call: string,
    how: Mishap,
    milliseconds: number,
    signal: AbortSignal,
    effect: (half: boolean) => T,
  ): Promise<T> {
    const does = (half = false): T => effect(half);
    switch (how) {
      case 'lost':
        this.#swallow(does);
        return this.#answered(() => never<T>(), PATIENCE_MS * 2, signal);
      case 'never':
        return this.#answered(() => never<T>(), PATIENCE_MS * 2, signal);
      case 'late':
        return this.#answered(effect, Math.max(milliseconds, PATIENCE_MS + 100), signal);
      case 'broken':
        await this.#pause(30, signal);
        this.#swallow(does);
        throw broken();
      case 'half':
        await this.#pause(30, signal);
        this.#swallow(() => does(true));
        throw broken();
      case 'failed':
        await this.#pause(30, signal);
        this.#swallow(does);
        throw classifyHttp(500, call);
      case 'busy':
        await this.#pause(30, signal);
        throw who === 'postgres' ? tooManyConnections() : classifyHttp(503, call);
      case 'throttled':
        await this.#pause(30, signal);
        throw classifyHttp(429, call, String(Math.ceil(milliseconds / 10_000)));
      case 'twice': {
        await this.#pause(30, signal);
        const result = does();
        // Stripe answers a repeated idempotency key without acting again (https://docs.stripe.com/api/idempotent_requests); a connection
        // to PostgreSQL repeats nothing.
        if (who !== 'stripe' && who !== 'postgres')
          this.#land(milliseconds * SECOND_DELIVERY, () => this.#swallow(does));
        return result;
      }
      case 'slow':
        return this.#answered(effect, PATIENCE_MS - 500, signal);
      case 'dies': {
        await this.#pause(30, signal);
        this.#swallow(does);
        const owner = this.clock.owner.getStore();
        if (owner) this.clock.kill(owner);
        // Rejects, so that a place in a queue or a shared sign-in is released, as it is when a process ends.
        throw broken();
      }
    }
  }

  /** The effect lands after this many milliseconds, and is answered if the client still waits. */
  #answered<T>(effect: (half: boolean) => T, milliseconds: number, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = this.clock.after(
        PATIENCE_MS,
        () => reject(timeout()),
        () => reject(broken()),
      );
      const aborted = (): void => reject(reasonOf(signal));
      signal.addEventListener('abort', aborted, { once: true });
      this.#land(milliseconds, () => {
        giveUp();
        signal.removeEventListener('abort', aborted);
        try {
          resolve(effect(false));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** The effect lands even if its caller dies: the request has reached the provider. */
  #land(milliseconds: number, effect: () => void): void {
    this.quietAt = Math.max(this.quietAt, this.clock.now + milliseconds);
    this.clock.owner.exit(() => this.clock.after(milliseconds, effect));
  }

  #swallow(effect: () => unknown): void {
    try {
      effect();
    } catch {
      // A refusal whose answer is lost as well.
    }
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        cancel();
        reject(reasonOf(signal));
      };
      const cancel = this.clock.after(
        milliseconds,
        () => {
          signal.removeEventListener('abort', aborted);
          resolve();
        },
        () => reject(broken()),
      );
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

function ordinal(nth: number): string {
  return `${nth}${['th', 'st', 'nd', 'rd'][nth] ?? 'th'} time`;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function never<T>(): T {
  return new Promise<T>(() => {}) as T;
}

function timeout(): Error {
  return new DOMException('No answer in time.', 'TimeoutError');
}

function unreachable(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED', syscall: 'connect' });
}

function broken(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}

function tooManyConnections(): Error {
  const error = new DatabaseError('sorry, too many clients already', 1, 'error');
  error.code = '53300';
  return error;
}
