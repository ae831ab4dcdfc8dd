import { Router, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { ApiDependencies } from '../dependencies';
import { readJson } from '../http/requests/body';
import type { ScimAnswer } from './answer';
import { SCIM_PATH, scimBaseUrl } from './base-url';
import { resourceTypes, schemas, SCIM_BODY_LIMIT, serviceProviderConfig } from './discovery';
import { noResource, ScimError, scimErrorHandler } from './errors';
import { changeGroup, createGroup, listGroups, readGroup, removeGroup, replaceGroup } from './groups/groups';
import { recordedDirectory } from './recorded-directory';
import { searchAll } from './search';
import { contextOf, identifyTenant, type ScimContext } from './tenant';
import { changeUser, createUser, listUsers, readUser, removeUser, replaceUser } from './users/users';
import { searchOf } from './window';

/** Requests of one tenant's directory per minute: Microsoft Entra ID recommends 25 a second. */
const REQUESTS_PER_MINUTE = 3_000;

/** What a handler works with. */
interface Incoming {
  context: ScimContext;
  request: Request;
  /** The id in the path; empty if there is none. */
  id: string;
  /** Undefined for requests that have none. */
  body: unknown;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Handlers by path, then by method. Not part of the OpenAPI document, because RFC 7643 and RFC 7644 describe them. */
const HANDLERS: Record<string, Partial<Record<Method, (incoming: Incoming) => ScimAnswer | Promise<ScimAnswer>>>> = {
  '/ServiceProviderConfig': { get: ({ context }) => found(serviceProviderConfig(context.baseUrl)) },
  '/ResourceTypes': { get: ({ context }) => found(resourceTypes(context.baseUrl, undefined)) },
  '/ResourceTypes/:id': { get: ({ context, id }) => found(resourceTypes(context.baseUrl, id)) },
  '/Schemas': { get: ({ context }) => found(schemas(context.baseUrl, undefined)) },
  '/Schemas/:id': { get: ({ context, id }) => found(schemas(context.baseUrl, id)) },
  '/.search': { post: ({ context, body }) => searchAll(context, searchOf(body)) },
  '/Users': {
    get: ({ context, request }) => listUsers(context, request),
    post: ({ context, request, body }) => createUser(context, request, body),
  },
  // Before the ids, which would match it.
  '/Users/.search': { post: ({ context, body }) => listUsers(context, searchOf(body)) },
  '/Users/:id': {
    get: ({ context, request, id }) => readUser(context, request, id),
    put: ({ context, request, id, body }) => replaceUser(context, request, id, body),
    patch: ({ context, request, id, body }) => changeUser(context, request, id, body),
    delete: ({ context, id }) => removeUser(context, id),
  },
  '/Groups': {
    get: ({ context, request }) => listGroups(context, request),
    post: ({ context, request, body }) => createGroup(context, request, body),
  },
  '/Groups/.search': { post: ({ context, body }) => listGroups(context, searchOf(body)) },
  '/Groups/:id': {
    get: ({ context, request, id }) => readGroup(context, request, id),
    put: ({ context, request, id, body }) => replaceGroup(context, request, id, body),
    patch: ({ context, id, body }) => changeGroup(context, id, body),
    delete: ({ context, id }) => removeGroup(context, id),
  },
};

/** Every path below a tenant's service, with a method of it. */
export const SCIM_ROUTES = Object.entries(HANDLERS).flatMap(([path, handlers]) =>
  (Object.keys(handlers) as Method[]).map((method) => ({ method, path })),
);

/** The SCIM 2.0 services of all tenants, each at `/scim/v2/{tenantId}` with tokens of its own. */
export function scimServices({ pool, directory, publicUrl, logger }: ApiDependencies): Router {
  const router = Router();
  const tenant = Router({ mergeParams: true });
  tenant.use(identifyTenant(pool), tenantLimit());
  const directoryFor = directory && recordedDirectory(directory, pool);
  const given = { directoryFor, baseUrl: (tenantId: string) => scimBaseUrl(publicUrl, tenantId) };
  for (const [path, handlers] of Object.entries(HANDLERS)) {
    const documented = `${SCIM_PATH}/{tenantId}${path.replace(':id', '{id}')}`;
    for (const [method, handle] of Object.entries(handlers))
      tenant[method as Method](path, async (request: Request, response: Response) => {
        request.routePath = documented;
        const context = contextOf(request, response, given);
        const body = ['post', 'put', 'patch'].includes(method) ? await bodyOf(request, response) : undefined;
        send(response, await handle({ context, request, id: String(request.params['id'] ?? ''), body }));
      });
    tenant.all(path, refuseMethod(documented, Object.keys(handlers)));
  }
  router.use(`${SCIM_PATH}/:tenantId`, tenant);
  router.use('/scim', () => {
    throw noResource();
  });
  router.use('/scim', scimErrorHandler(logger));
  return router;
}

function found(body: object): ScimAnswer {
  return { status: 200, body };
}

async function bodyOf(request: Request, response: Response): Promise<unknown> {
  const body = await readJson(request, response, SCIM_BODY_LIMIT, ['application/scim+json', 'application/json']);
  if (body === undefined) throw new ScimError(400, 'The request has no body.', 'invalidSyntax');
  return body;
}

function send(response: Response, { status, body, location }: ScimAnswer): void {
  response.status(status).set({ 'cache-control': 'no-store', ...(location === undefined ? {} : { location }) });
  if (body === undefined) response.end();
  else response.type('application/scim+json').send(JSON.stringify(body));
}

/** Counted in this process, by tenant. */
function tenantLimit(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: REQUESTS_PER_MINUTE,
    identifier: 'directory',
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: ({ params }) => String(params['tenantId']),
    validate: { trustProxy: false, xForwardedForHeader: false },
    handler: () => {
      throw new ScimError(
        429,
        'The directory has sent too many requests. Send this one again after the time in Retry-After.',
      );
    },
  });
}

function refuseMethod(routePath: string, methods: string[]): RequestHandler {
  const allow = [...methods.map((method) => method.toUpperCase()), ...(methods.includes('get') ? ['HEAD'] : [])];
  return (request) => {
    request.routePath = routePath;
    throw new ScimError(405, 'The resource does not support this method.', undefined, { allow: allow.join(', ') });
  };
}
