import express, { type Express, type RequestHandler } from 'express';
import { identifyApiKey, OFREP_PATH } from './access/api-key-caller';
import { firstOf, tokenAuthentication, type Authenticate } from './access/auth';
import { identifySsoLink, TENANT_PATH } from './access/sso-link-session';
import { codecCors, codecSession, cookieAuthentication } from './pages/codec-session';
import type { ApiDependencies } from './dependencies';
import { consoleAssets, consolePage } from './console/static';
import { errorHandler } from './http/error-handler';
import { createLimits } from './access/limits';
import { requestLog } from './http/log';
import { createMetrics, type Metrics } from './metrics';
import { pages } from './pages/pages';
import { ApiProblem } from './http/problems';
import { requestId } from './http/requests/request-id';
import { pathPrefix } from './http/path-prefix';
import { isProbe, type Route } from './http/route';
import { routeTable } from './http/route-table';
import { OPEN_LINK_PATH } from './routes/identity/sso-links';
import { CLAIM_PATH } from './routes/tenants/credentials';
import { EXPORT_CLAIM_PATH } from './routes/tenants/exports';
import { apiHeaders } from './http/security-headers';
import { scimServices } from './scim/scim';
import { createStaff } from './staff/staff';
import { expressPath, serveRoute } from './http/serve-route';

/** The API as an Express application. Its only state is its rate-limit counters, so any number of instances can run side by side. */
export function createApp(dependencies: ApiDependencies, metrics: Metrics = createMetrics(dependencies.pool)): Express {
  const { pool, logger, publicUrl, operatorUrls, trustedProxies = 0 } = dependencies;
  const limits = createLimits(dependencies.rateLimit, publicUrl);
  const staff = createStaff(dependencies);
  const builtIn = [tokenAuthentication(pool), cookieAuthentication(pool), ...staff.ways];
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustedProxies);
  app.set('query parser', 'simple');
  if (dependencies.tracing) app.use(dependencies.tracing.requests(isProbe));
  app.use(requestId, requestLog(logger), metrics.measure, apiHeaders(publicUrl), limits.address);
  const consoleFiles = { dir: dependencies.consoleDir, publicUrl };
  // Before callers are identified: a page's files are public, and each would cost the registry a query.
  app.use(consoleAssets(consoleFiles));
  // Before callers are identified: directories have tokens of their own.
  app.use(scimServices(dependencies));
  // Before callers are identified: tenants' own programs have API keys.
  app.use(OFREP_PATH, identifyApiKey(dependencies));
  // Before callers are identified: the page behind a link has a session of its own.
  app.use(TENANT_PATH, identifySsoLink(dependencies));
  app.use('/codec', codecCors(operatorUrls.temporalUi));
  app.use(
    identify(firstOf(...(dependencies.authenticate ? [dependencies.authenticate] : []), ...builtIn)),
    limits.caller,
  );
  for (const path of [CLAIM_PATH, EXPORT_CLAIM_PATH, OPEN_LINK_PATH]) app.post(expressPath(path), limits.claims);
  mount(app, routeTable(dependencies, metrics), pathPrefix(publicUrl));
  app.use('/console', staff.routes);
  app.use(codecSession(publicUrl, operatorUrls.temporalUi), pages(publicUrl), consolePage(consoleFiles));
  app.use(() => {
    throw new ApiProblem('not-found', { detail: 'This API has no such path. See /docs for all paths.' });
  });
  app.use(errorHandler(publicUrl, logger));
  return app;
}

function identify(authenticate: Authenticate): RequestHandler {
  return async (request, _response, next) => {
    if (isProbe(request) || request.ssoLink) return next();
    const principal = await authenticate(request);
    if (principal) request.principal = principal;
    next();
  };
}

/** Mounts the routes. Any other method on a path is answered 405, with the supported methods in `Allow`. */
function mount(app: Express, routes: Route[], prefix: string): void {
  for (const path of pathsOf(routes)) {
    const atPath = routes.filter((route) => route.path === path);
    for (const route of atPath) app[route.method](expressPath(path), serveRoute(route, prefix));
    const methods = atPath.map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    app.all(expressPath(path), (request, response) => {
      request.routePath = path;
      if (request.method !== 'OPTIONS') throw new ApiProblem('method-not-allowed', { headers: { allow } });
      response.set({ allow }).status(204).end();
    });
  }
}

/** All paths, `{id}:verb` before `{id}`: Express takes the first match, and `{backupId}` would also match `b_1:verify`. */
function pathsOf(routes: Route[]): string[] {
  const paths = [...new Set(routes.map((route) => route.path))];
  const isCustomMethod = (path: string): boolean => path.includes('}:');
  return [...paths.filter(isCustomMethod), ...paths.filter((path) => !isCustomMethod(path))];
}
