/** A call to a provider, described by enumerations only: no ids, addresses, SQL or URLs. */
export interface ProviderCall {
  /** As in the kinds' `provider`, or `mail`, `webhook-receiver` and `company-identity-provider`. */
  provider: string;
  /** The provider's own name of the call, with placeholders for ids: `CreateBucket`, `POST /v1/customers/{id}`. */
  operation: string;
  region?: string;
}

/** The HTTP status of an answer, where a client returns refusals as answers instead of throwing them. */
export type StatusOf<T> = (answer: T) => number;

/** Does the work of a call, and observes it. */
export type CallTracer = <T>(call: ProviderCall, work: () => Promise<T>, statusOf?: StatusOf<T>) => Promise<T>;

let tracers: readonly CallTracer[] = [];

/** Has every later call of this process observed, by the first of these outermost; without any, that ends. */
export function traceCallsWith(...observers: readonly (CallTracer | undefined)[]): void {
  tracers = observers.filter((each) => each !== undefined);
}

/** Does a call to a provider. Every adapter sends its requests through this function, so they can be observed in one place. */
export function tracedCall<T>(call: ProviderCall, work: () => Promise<T>, statusOf?: StatusOf<T>): Promise<T> {
  const observed = tracers.reduceRight((inner, trace) => () => trace(call, inner, statusOf), work);
  return observed();
}
