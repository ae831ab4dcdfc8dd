import { z } from 'zod';

const fault = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Prefix of the path; default: every path below `/v1`. */
  path: z.string().startsWith('/v1').default('/v1'),
  /**
   * - `refuse`: answers 500 and does nothing; stored under the idempotency key, as Stripe does.
   * - `lose`: does it, then answers 500; that 500 is what a repeat with the same key gets.
   * - `cut`: does it, then breaks the connection; a repeat with the same key gets the true answer.
   * - `throttle`: answers 429 and does nothing; not stored.
   * - `hang`: does it and never answers.
   */
  kind: z.enum(['refuse', 'lose', 'cut', 'throttle', 'hang']),
  /** How many requests it meets. */
  times: z.int().min(1).max(10_000).default(1),
});

/** A planned misbehaviour. */
export type Fault = z.output<typeof fault>;

/** Misbehaviour on request, for tests: real Stripe offers none. */
export class Faults {
  #planned: Fault[] = [];

  /** Plans one; throws a ZodError when it is not understood. */
  plan(description: unknown): Fault {
    const planned = fault.parse(description);
    this.#planned.push(planned);
    return planned;
  }

  /** Forgets all. */
  clear(): void {
    this.#planned = [];
  }

  /** What should befall this request, if anything; it then counts as having happened. */
  take(method: string, path: string): Fault['kind'] | undefined {
    const hit = this.#planned.find((each) => (each.method ?? method) === method && path.startsWith(each.path));
    if (hit === undefined) return undefined;
    hit.times -= 1;
    if (hit.times === 0) this.#planned = this.#planned.filter((each) => each !== hit);
    return hit.kind;
  }
}
