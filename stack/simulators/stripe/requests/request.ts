import { z } from 'zod';
import { text } from './params';
import type { Transaction } from '../state/transaction';

/** Input of a handler. */
export interface Call<P> {
  tx: Transaction;
  params: P;
  /** Path parameters, by their names in the route. */
  ids: Record<string, string>;
  /** The request's path, which lists repeat in their answer. */
  url: string;
}

/** An endpoint: its parameters and its handler. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** In Express's notation: `/v1/customers/:id`. */
  path: string;
  params: z.ZodObject;
  handle(call: Call<unknown>): object;
}

/** Creates a route whose handler gets parsed parameters. All methods but DELETE, which returns no full object, also accept `expand`. */
export function route<S extends z.ZodObject>(
  method: Route['method'],
  path: string,
  params: S,
  handle: (call: Call<z.output<S>>) => object,
): Route {
  const known = method === 'DELETE' ? params : params.extend({ expand: z.array(text).optional() });
  // Safe: the pipeline parses the parameters with this schema before it calls the handler.
  return { method, path, params: known, handle };
}
