import { z } from 'zod';

const fault = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  /** Path prefix of the affected requests. Default: all below `/v1`. */
  path: z.string().startsWith('/v1').default('/v1'),
  /**
   * - `refuse`: answers 500 without executing the request. The 500 is stored under the idempotency key, as at Stripe.
   * - `lose`: executes the request, then answers 500. A repeat with the same key gets the same 500.
   * - `cut`: executes the request, then breaks the connection. A repeat with the same key gets the real answer.
   * - `throttle`: answers 429 without executing the request. Nothing is stored.
   * - `hang`: executes the request and never answers.
   */
  kind: z.enum(['refuse', 'lose', 'cut', 'throttle', 'hang']),
  /** Number of requests to affect. */
  times: z.int().min(1).max(10_000).default(1),
});

/** A planned fault. */
export type Fault = z.output<typeof fault>;

/** Faults that tests can request; Stripe itself has no such function. */
export class Faults {
  #planned: Fault[] = [];

  /** Plans a fault. Throws a ZodError for an invalid description. */
  plan(description: unknown): Fault {
    const planned = fault.parse(description);
    this.#planned.push(planned);
    return planned;
  }

  /** Removes all planned faults. */
  clear(): void {
    this.#planned = [];
  }

  /** The fault for this request, if one is planned; each call uses up one of its `times`. */
  take(method: string, path: string): Fault['kind'] | undefined {
    const hit = this.#planned.find((each) => (each.method ?? method) === method && path.startsWith(each.path));
    if (hit === undefined) return undefined;
    hit.times -= 1;
    if (hit.times === 0) this.#planned = this.#planned.filter((each) => each !== hit);
    return hit.kind;
  }
}
