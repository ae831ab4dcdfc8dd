import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import { jsonPointer } from '../contract/schemas/json-pointer';
import { parseBody } from '../contract/schemas/parse-body';
import { shorten } from '../contract/text-length';
import { ANONYMOUS, type Principal } from './auth';
import { BODY_LIMIT, readJson } from './body';
import { parseIdempotencyKey } from './idempotency-key';
import { ApiProblem } from './problems';
import type { Access, Route, RouteAnswer } from './route';

/** Express's form of a path in the documentation's: `{id}` becomes `:id`, a colon of a custom method is escaped. */
export function expressPath(path: string): string {
  return path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1');
}

/**
 * A route as an Express handler. In this order: who asks and whether that is allowed, parameters, header, body, then the work – a caller
 * without the role learns nothing, and nobody's body is read before it is known whose it is.
 */
export function serveRoute(route: Route): RequestHandler {
  return async (request, response) => {
    request.routePath = route.path;
    const principal = admit(route.access, request.principal);
    const answer = await route.handle({
      principal,
      params: parseParams(route, request),
      query: parseQuery(route, request),
      idempotencyKey: route.idempotent ? idempotencyKey(request) : undefined,
      body: await parseRouteBody(route, request, response),
      header: (name) => request.get(name),
      raw: request,
    });
    await send(response, answer);
  };
}

function admit(access: Access, principal: Principal | undefined): Principal {
  if (access === 'public') return principal ?? ANONYMOUS;
  if (!principal) throw new ApiProblem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
  if (access === 'any-token' || access.some((role) => principal.roles.includes(role))) return principal;
  throw new ApiProblem('forbidden', { detail: `This needs a token with the role ${access.join(' or ')}.` });
}

function parseParams(route: Route, request: Request): unknown {
  if (!route.params) return {};
  const parsed = route.params.safeParse(request.params);
  if (!parsed.success) throw new ApiProblem('not-found');
  return parsed.data;
}

function parseQuery(route: Route, request: Request): unknown {
  const given: Record<string, unknown> = { ...request.query };
  const parsed = route.query ? parseBody(route.query, given) : noQuery(given);
  if (parsed.ok) return parsed.value;
  const errors = parsed.violations.map(({ pointer, message }) => ({ pointer, detail: message }));
  throw new ApiProblem('invalid-parameter', { detail: 'The pointers name query parameters.', errors });
}

function noQuery(given: Record<string, unknown>) {
  const names = Object.keys(given).slice(0, 20);
  if (names.length === 0) return { ok: true as const, value: {} };
  const violations = names.map((name) => ({
    pointer: jsonPointer([shorten(name, 100)]),
    message: 'This route takes no query parameters. Remove it.',
  }));
  return { ok: false as const, violations };
}

function idempotencyKey(request: Request): string | undefined {
  const header = request.get('idempotency-key');
  return header === undefined ? undefined : parseIdempotencyKey(header);
}

async function parseRouteBody(route: Route, request: Request, response: Response): Promise<unknown> {
  if (!route.body) return undefined;
  const json = await readJson(request, response, route.bodyLimit ?? BODY_LIMIT);
  const parsed = parseBody(route.body, json === undefined && route.bodyOptional ? {} : json);
  if (parsed.ok) return parsed.value;
  throw new ApiProblem(route.invalidBody ?? 'invalid-body', {
    detail: 'Nothing was done. Correct what the errors name and send it again.',
    errors: parsed.violations.map(({ pointer, message }) => ({ pointer, detail: message })),
  });
}

async function send(response: Response, { status, body, contentType, headers = {} }: RouteAnswer): Promise<void> {
  response.status(status).set(headers);
  if (body === undefined) response.end();
  else if (typeof body === 'string') response.type(contentType ?? 'text/plain; charset=utf-8').send(body);
  else if (comesBitByBit(body))
    await pipeline(Readable.from(body), response.type(contentType ?? 'text/plain; charset=utf-8'));
  else response.type(contentType ?? 'application/json').send(JSON.stringify(body));
}

function comesBitByBit(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
