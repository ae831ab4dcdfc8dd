import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { ValidApiKey } from '../../registry/credentials/api-key-verification';
import type { SsoLinkSession } from '../../registry/identity/sso-links';
import type { Principal } from '../access/auth';
import type { ProblemType } from './problem-types';
import type { Role } from '../access/roles';
import type { LiveBody } from './send-stream';
import type { Tag } from './tags';

/**
 * Who may use a route: everyone, a tenant's own program with an API key, the holder of a link for setting up single sign-on, any valid token, or
 * tokens with at least one of these roles.
 */
export type Access = 'public' | 'api-key' | 'sso-link' | 'any-token' | readonly Role[];

/** A handler's input, already checked. */
export interface RouteRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  idempotencyKey: string | undefined;
  /** The anonymous caller on a route that needs no token and was called without a valid one. */
  principal: Principal;
  /** On a route with the access `api-key`: the caller's key. */
  apiKey: ValidApiKey | undefined;
  /** The session of the link through which the caller sets up single sign-on of the tenant in the path; absent for other callers. */
  ssoLink: SsoLinkSession | undefined;
  /** A request header's value. */
  header(name: string): string | undefined;
  raw: IncomingMessage;
}

/** A handler's answer. A string body is sent as it is, an async iterable is streamed, and anything else is sent as JSON. */
export interface RouteAnswer {
  status: number;
  /** True if this answers an earlier request with the same `Idempotency-Key`, and this request changed nothing. */
  replayed?: boolean;
  body?: unknown;
  /** Sent instead of `body`, as it comes into being. */
  live?: LiveBody;
  contentType?: string;
  headers?: Record<string, string>;
}

/** An answer as the OpenAPI document describes it. */
export interface DocumentedAnswer {
  description: string;
  schema?: z.ZodType;
  /** Possible lines of an answer in JSON Lines, which as a whole is text and not JSON. */
  lines?: z.ZodType[];
  contentType?: string;
  /** The same as a stream of Server-Sent Events, whose data are such texts. */
  events?: z.ZodType;
  headers?: Record<string, string>;
}

/** One route: how to reach it, who may use it, its input and its answers. Express, the OpenAPI document and the tests are built from it. */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, as in OpenAPI. */
  path: string;
  /** Name of the function in generated clients. */
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  access: Access;
  /** Also for holders of a link for setting up single sign-on of the tenant in the path, until it is connected. */
  throughSsoLink?: boolean;
  /** An id that does not match its schema cannot exist, so it is answered 404. */
  params?: z.ZodType<Params>;
  /** Strict: unknown parameters are errors. A route without it takes no parameters. */
  query?: z.ZodObject & z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** Documented instead of `body`, by a route that takes any body and reports itself what is wrong with it. */
  documentedBody?: z.ZodType;
  /** The body arrives as the bytes that were sent, because a signature covers these. Describe it in `documentedBody`. */
  rawBody?: boolean;
  /** The body may be left out. */
  bodyOptional?: boolean;
  /** In bytes; 64 KiB by default. */
  bodyLimit?: number;
  /** Problem type for a body that does not match its schema; `invalid-body` by default. */
  invalidBody?: ProblemType;
  /** Accepts the `Idempotency-Key` header. */
  idempotent?: boolean;
  /** Accepts the `Last-Event-ID` header, with which a client continues an interrupted stream. */
  resumable?: boolean;
  answers: Record<number, DocumentedAnswer>;
  /** Problems specific to this route. {@link problemsOf} adds those that follow from its form. */
  problems: readonly ProblemType[];
  handle(request: RouteRequest<Params, Query, Body>): Promise<RouteAnswer>;
}

/** Infers a route's types for its handler, then erases them, so that routes of different types fit in one table. */
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  route: Route<Params, Query, Body>,
): Route {
  return route;
}

/** Every problem a route can answer with: its own, and those that follow from its access, parameters and body. */
export function problemsOf(route: Route): ProblemType[] {
  return [
    ...new Set<ProblemType>([
      ...route.problems,
      ...(route.access === 'public' ? [] : (['unauthenticated'] as const)),
      ...(Array.isArray(route.access) ? (['forbidden'] as const) : []),
      ...(route.access === 'api-key' ? (['tenant-closed'] as const) : []),
      ...(!isWithoutToken(route) && route.method !== 'get' ? (['cross-site-request'] as const) : []),
      ...(route.params ? (['not-found', 'malformed-request'] as const) : []),
      'invalid-parameter',
      ...(route.idempotent ? (['invalid-idempotency-key'] as const) : []),
      ...(route.body
        ? (['malformed-json', 'malformed-request', 'payload-too-large', 'unsupported-media-type'] as const)
        : []),
      ...(route.body && !route.documentedBody ? [route.invalidBody ?? 'invalid-body'] : []),
      ...(isProbe(route)
        ? []
        : (['too-many-requests', 'registry-unavailable', 'identity-provider-unavailable'] as const)),
      'internal-error',
    ]),
  ];
}

/** Whether a route is used without an API token and without a staff member's session. */
export function isWithoutToken({ access }: Pick<Route, 'access'>): boolean {
  return access === 'public' || access === 'api-key' || access === 'sso-link';
}

/** Whether machines poll this route constantly; such routes are neither rate-limited nor logged. */
export function isProbe({ path }: Pick<Route, 'path'>): boolean {
  return ['/healthz', '/readyz', '/metrics'].includes(path);
}
