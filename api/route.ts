import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Principal } from './auth';
import type { ProblemType } from './problems';
import type { Role } from './roles';
import type { Tag } from './tags';

/** Who may use a route: everybody, every valid token, or tokens with at least one of these roles. */
export type Access = 'public' | 'any-token' | readonly Role[];

/** What a handler gets: everything checked already. */
export interface RouteRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  idempotencyKey: string | undefined;
  /** Nobody in particular on public routes. */
  principal: Principal;
  /** A request header's value. */
  header(name: string): string | undefined;
  raw: IncomingMessage;
}

/** What a handler answers. A text body is sent as it is, one that comes bit by bit as it comes, anything else as JSON. */
export interface RouteAnswer {
  status: number;
  /** The answer to an earlier request with the same `Idempotency-Key`: nothing was done this time. */
  replayed?: boolean;
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
}

/** An answer as the documentation has it. */
export interface DocumentedAnswer {
  description: string;
  schema?: z.ZodType;
  /** Of an answer in JSON Lines, which as a whole is a text and not JSON: what a line can be. */
  lines?: z.ZodType[];
  contentType?: string;
  headers?: Record<string, string>;
}

/** One route: how it is reached, who may, what goes in and comes out. Express, the documentation and the tests are made from it. */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  method: 'get' | 'post';
  /** With parameters in braces, as OpenAPI writes it. */
  path: string;
  /** Name in generated clients. */
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  access: Access;
  /** An id that does not satisfy its schema is one that does not exist: 404. */
  params?: z.ZodType<Params>;
  /** Strict: unknown parameters are an error. Without it the route has none. */
  query?: z.ZodObject & z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** The body may be left out. */
  bodyOptional?: boolean;
  /** Bytes; 64 KiB unless told. */
  bodyLimit?: number;
  /** Type of the problem when the body breaks its schema. */
  invalidBody?: ProblemType;
  /** Takes the header `Idempotency-Key`. */
  idempotent?: boolean;
  answers: Record<number, DocumentedAnswer>;
  /** Problems of this route's own; those every route of its form has are added. */
  problems: readonly ProblemType[];
  handle(request: RouteRequest<Params, Query, Body>): Promise<RouteAnswer>;
}

/** A route with its types worked out by the compiler and then forgotten, so that it fits in a table with others. */
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: Route<Params, Query, Body>,
): Route {
  return route;
}

/** Every problem a route can answer with: its own and those of its form. */
export function problemsOf(route: Route): ProblemType[] {
  return [
    ...new Set<ProblemType>([
      ...route.problems,
      ...(route.access === 'public' ? [] : (['unauthenticated'] as const)),
      ...(Array.isArray(route.access) ? (['forbidden'] as const) : []),
      ...(route.params ? (['not-found', 'malformed-request'] as const) : []),
      'invalid-parameter',
      ...(route.idempotent ? (['invalid-idempotency-key'] as const) : []),
      ...(route.body
        ? (['malformed-json', 'malformed-request', 'payload-too-large', 'unsupported-media-type'] as const)
        : []),
      ...(route.body ? [route.invalidBody ?? 'invalid-body'] : []),
      ...(isProbe(route) ? [] : (['too-many-requests', 'registry-unavailable'] as const)),
      'internal-error',
    ]),
  ];
}

/** Routes that machines ask all the time: not limited, not logged. */
export function isProbe({ path }: Pick<Route, 'path'>): boolean {
  return ['/healthz', '/readyz', '/metrics'].includes(path);
}
