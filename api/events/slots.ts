import { ApiProblem } from '../http/problems';

/** Streams and waiting requests that a caller may have open in one process. */
const PER_CALLER = 100;

/** All of them together in one process. */
const IN_ALL = 2_000;

/** Bounds the requests that stay open. */
export class Slots {
  readonly #perCaller: number;
  readonly #inAll: number;
  readonly #taken = new Map<string, number>();
  #open = 0;

  constructor({ perCaller = PER_CALLER, inAll = IN_ALL }: { perCaller?: number | undefined; inAll?: number }) {
    this.#perCaller = perCaller;
    this.#inAll = inAll;
  }

  /** How many are taken. */
  get open(): number {
    return this.#open;
  }

  /** Takes a slot and returns how to free it, which may be done several times. Throws the problem `too-many-requests`. */
  take(caller: string): () => void {
    const before = this.#taken.get(caller) ?? 0;
    if (before >= this.#perCaller || this.#open >= this.#inAll)
      throw new ApiProblem('too-many-requests', {
        detail: `You have ${before} event streams and waiting requests open. Close some before you open more; one stream of /v1/events can replace many.`,
        headers: { 'retry-after': '5' },
      });
    this.#taken.set(caller, before + 1);
    this.#open += 1;
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      this.#open -= 1;
      const left = this.#taken.get(caller)! - 1;
      if (left === 0) this.#taken.delete(caller);
      else this.#taken.set(caller, left);
    };
  }
}
