import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { parseBody } from '../../contract/schemas/parse-body';
import { requireApiKey } from '../access/api-key-caller';
import { ANONYMOUS, type Principal } from '../access/auth';
import { callerByLink, requireSsoLink } from '../access/sso-link-session';
import { BODY_LIMIT, readBytes, readJson } from './requests/body';
import { parseIdempotencyKey } from './requests/idempotency-key';
import { ApiProblem } from './problems';
import type { Route, RouteAnswer } from './route';
import { sendStream } from './send-stream';

const NO_PARAMETERS = z.strictObject({});

/** Translates an OpenAPI path for Express: `{id}` becomes `:id`, and the colon of a custom method is escaped. */
export function expressPath(path: string): string {
  return path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1');
}

/**
 * A route as an Express handler. It checks the caller's role first, then parameters, header and body, and then does the work. So a caller
 * without the role learns nothing, and no body is read before its sender is known. `prefix` is the path before all of the API's own, as callers
 * see it: `Location` headers have it.
 */
export function serveRoute(route: Route, prefix: string): RequestHandler {
  return async (request, response) => {
    request.routePath = route.path;
    const principal = admit(route, request);
    const apiKey = route.access === 'api-key' ? requireApiKey(request.apiKey) : undefined;
    const answer = await route.handle({
      principal,
      apiKey,
      ssoLink: request.ssoLink,
      params: parseParams(route, request),
      query: parseQuery(route, request),
      idempotencyKey: route.idempotent ? idempotencyKey(request) : undefined,
      body: await parseRouteBody(route, request, response),
      header: (name) => request.get(name),
      raw: request,
    });
    await send(response, withPrefix(answer, prefix));
  };
}

function admit({ access, throughSsoLink }: Route, request: Request): Principal {
  const { principal, isCrossSite, headers, ssoLink } = request;
  if (access === 'public' || access === 'api-key') return principal ?? ANONYMOUS;
  if (access === 'sso-link') return requireSsoLink(request) && ANONYMOUS;
  if (throughSsoLink && ssoLink) return callerByLink(ssoLink);
  if (!principal) throw isCrossSite ? new ApiProblem('cross-site-request') : unauthenticated(headers.authorization);
  if (access === 'any-token' || access.some((role) => principal.roles.includes(role))) return principal;
  throw new ApiProblem('forbidden', { detail: `This requires the role ${access.join(' or ')}.` });
}

/** The challenge names no error if the request has no credentials at all, RFC 6750 §3. */
function unauthenticated(authorization: string | undefined): ApiProblem {
  const how = 'Send `Authorization: Bearer tp_…`; an administrator creates tokens with `npm run tokens -- create`.';
  if (authorization === undefined)
    return new ApiProblem('unauthenticated', {
      detail: `The request carries no token. ${how}`,
      headers: { 'www-authenticate': 'Bearer' },
    });
  const why = /^Bearer /i.test(authorization)
    ? 'The token is unknown, expired or revoked.'
    : 'The Authorization header holds no bearer token.';
  return new ApiProblem('unauthenticated', {
    detail: `${why} ${how}`,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

function parseParams(route: Route, request: Request): unknown {
  if (!route.params) return {};
  const parsed = route.params.safeParse(request.params);
  if (!parsed.success) throw new ApiProblem('not-found');
  return parsed.data;
}

function parseQuery(route: Route, request: Request): unknown {
  const given: Record<string, unknown> = { ...request.query };
  const query = route.query ?? NO_PARAMETERS;
  const parsed = parseBody(query, given);
  if (parsed.ok) return parsed.value;
  const allowed = Object.keys(query.shape);
  const unknown =
    allowed.length === 0
      ? 'This route takes no query parameters. Remove it.'
      : `Is not a parameter of this route. It takes ${allowed.join(', ')}.`;
  const errors = parsed.violations.map(({ pointer, message }) => ({
    pointer,
    detail: allowed.includes(pointer.slice(1)) ? message : unknown,
  }));
  throw new ApiProblem('invalid-parameter', { detail: 'Correct the query parameters that the pointers name.', errors });
}

function idempotencyKey(request: Request): string | undefined {
  const header = request.get('idempotency-key');
  return header === undefined ? undefined : parseIdempotencyKey(header);
}

async function parseRouteBody(route: Route, request: Request, response: Response): Promise<unknown> {
  if (!route.body) return undefined;
  if (route.rawBody) return readBytes(request, response, route.bodyLimit ?? BODY_LIMIT);
  const json = await readJson(request, response, route.bodyLimit ?? BODY_LIMIT);
  const parsed = parseBody(route.body, json === undefined && route.bodyOptional ? {} : json);
  if (parsed.ok) return parsed.value;
  throw new ApiProblem(route.invalidBody ?? 'invalid-body', {
    detail: 'Nothing was changed. Correct the fields that the errors name and send the request again.',
    errors: parsed.violations.map(({ pointer, message }) => ({ pointer, detail: message })),
  });
}

/** RFC 9110 §10.2.2: a path in `Location` is resolved against the host, so it needs what a proxy has taken off the request's path. */
function withPrefix(answer: RouteAnswer, prefix: string): RouteAnswer {
  const { headers, ...rest } = answer;
  if (!headers?.['location']?.startsWith('/')) return answer;
  return { ...rest, headers: { ...headers, location: `${prefix}${headers['location']}` } };
}

async function send(response: Response, answer: RouteAnswer): Promise<void> {
  const { status, body, live, contentType, headers = {}, replayed = false } = answer;
  response.status(status).set({ ...headers, ...(replayed ? { 'idempotency-replayed': 'true' } : {}) });
  if (live) await sendStream(response.type(contentType ?? 'text/plain; charset=utf-8'), live);
  else if (body === undefined) response.end();
  else if (typeof body === 'string') response.type(contentType ?? 'text/plain; charset=utf-8').send(body);
  else if (isStream(body))
    await pipeline(Readable.from(body), response.type(contentType ?? 'text/plain; charset=utf-8'));
  else response.type(contentType ?? 'application/json').send(JSON.stringify(body));
}

function isStream(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
