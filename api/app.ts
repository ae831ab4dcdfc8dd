import express, { type Express, type RequestHandler } from 'express';
import { firstOf, tokenAuthentication, type Authenticate } from './auth';
import { codecCors, codecSession, cookieAuthentication } from './codec-session';
import type { ApiDependencies } from './dependencies';
import { errorHandler } from './error-handler';
import { createLimits } from './limits';
import { requestLog } from './log';
import { createMetrics, type Metrics } from './metrics';
import { pages } from './pages/pages';
import { ApiProblem } from './problems';
import { requestId } from './request-id';
import { isProbe, type Route } from './route';
import { routeTable } from './route-table';
import { CLAIM_PATH } from './routes/credentials';
import { apiHeaders } from './security-headers';
import { expressPath, serveRoute } from './serve-route';

/** The API as an Express application. It holds no state of its own but the counts of its limits: any number can run side by side. */
export function createApp(dependencies: ApiDependencies, metrics: Metrics = createMetrics(dependencies.pool)): Express {
  const { pool, logger, publicUrl, operatorUrls, trustedProxies = 0 } = dependencies;
  const limits = createLimits(dependencies.rateLimit, publicUrl);
  const ways = [tokenAuthentication(pool), cookieAuthentication(pool)];
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustedProxies);
  app.set('query parser', 'simple');
  app.use(requestId, requestLog(logger), metrics.measure, apiHeaders(publicUrl), limits.address);
  app.use('/codec', codecCors(operatorUrls.temporalUi));
  app.use(identify(firstOf(...(dependencies.authenticate ? [dependencies.authenticate] : []), ...ways)), limits.caller);
  app.post(expressPath(CLAIM_PATH), limits.claims);
  mount(app, routeTable(dependencies, metrics));
  app.use(codecSession(publicUrl, operatorUrls.temporalUi), pages());
  app.use(() => {
    throw new ApiProblem('not-found', { detail: 'There is no such path. See /docs.' });
  });
  app.use(errorHandler(publicUrl, logger));
  return app;
}

function identify(authenticate: Authenticate): RequestHandler {
  return async (request, _response, next) => {
    if (isProbe(request)) return next();
    const principal = await authenticate(request);
    if (principal) request.principal = principal;
    next();
  };
}

/** Mounts the table; a path's other methods answer 405 with the ones it has. */
function mount(app: Express, routes: Route[]): void {
  for (const path of pathsOf(routes)) {
    const here = routes.filter((route) => route.path === path);
    for (const route of here) app[route.method](expressPath(path), serveRoute(route));
    const methods = here.map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    app.all(expressPath(path), (request, response) => {
      request.routePath = path;
      if (request.method !== 'OPTIONS') throw new ApiProblem('method-not-allowed', { headers: { allow } });
      response.set({ allow }).status(204).end();
    });
  }
}

/** What is done to a thing comes before the thing: `{backupId}` would take `b_1:verify` for an id. */
function pathsOf(routes: Route[]): string[] {
  const paths = [...new Set(routes.map((route) => route.path))];
  const isDeed = (path: string): boolean => path.includes('}:');
  return [...paths.filter(isDeed), ...paths.filter((path) => !isDeed(path))];
}
