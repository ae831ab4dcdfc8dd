import { z } from 'zod';
import { text } from './params';
import type { Transaction } from './transaction';

/** What a handler works with. */
export interface Call<P> {
  tx: Transaction;
  params: P;
  /** Parts of the path, by the names in the route. */
  ids: Record<string, string>;
  /** The path itself, for lists. */
  url: string;
}

/** One endpoint: its parameters and what it does. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** In Express's notation: `/v1/customers/:id`. */
  path: string;
  params: z.ZodObject;
  handle(call: Call<unknown>): object;
}

/** A route whose handler sees its parameters parsed. Everything that answers an object can also expand it. */
export function route<S extends z.ZodObject>(
  method: Route['method'],
  path: string,
  params: S,
  handle: (call: Call<z.output<S>>) => object,
): Route {
  const known = method === 'DELETE' ? params : params.extend({ expand: z.array(text).optional() });
  // The pipeline parses with this very schema before it calls.
  return { method, path, params: known, handle };
}
