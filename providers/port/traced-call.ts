/** A call to a provider, described by enumerations only: no ids, addresses, SQL or URLs. */
export interface ProviderCall {
  /** As in the kinds' `provider`, or `mail` and `webhook-receiver`. */
  provider: string;
  /** The provider's own name of the call, with placeholders for ids: `CreateBucket`, `POST /v1/customers/{id}`. */
  operation: string;
  region?: string;
}

/** Does the work of a call, and observes it. */
export type CallTracer = <T>(call: ProviderCall, work: () => Promise<T>) => Promise<T>;

let trace: CallTracer | undefined;

/** Has every later call of this process observed; undefined ends that. */
export function traceCallsWith(tracer: CallTracer | undefined): void {
  trace = tracer;
}

/** Does a call to a provider. Every adapter sends its requests through this function, so they can be observed in one place. */
export function tracedCall<T>(call: ProviderCall, work: () => Promise<T>): Promise<T> {
  return trace ? trace(call, work) : work();
}
