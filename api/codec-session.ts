import type { IncomingMessage } from 'node:http';
import { Router, type RequestHandler } from 'express';
import type { Queryable } from '../registry/database';
import { principalOfToken, type Authenticate } from './auth';
import { htmlPage } from './pages/html';
import { ApiProblem } from './problems';
import { PAGE_POLICY } from './security-headers';

const COOKIE = 'codec_token';
const HOURS = 8;

const SIGN_IN = `<p>The Temporal Web UI asks this server to decrypt what it shows, from your browser. It cannot send an API token; a cookie it can.</p>
<form id="sign-in"><label>API token with the role operations:operate<input name="token" type="password" autocomplete="off" required></label>
<button>Sign in</button></form><p id="message" role="status"></p>`;

/** `GET /codec` and `POST /codec/session`: lets an operator's browser decrypt for the Temporal Web UI, which has no way to send a token. */
export function codecSession(publicUrl: string): Router {
  const router = Router();
  router.get('/codec', (_request, response) => {
    response
      .set('content-security-policy', PAGE_POLICY)
      .type('html')
      .send(htmlPage('Read payloads', SIGN_IN, 'codec.js'));
  });
  router.post('/codec/session', (request, response) => {
    request.routePath = '/codec/session';
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!request.principal || token === undefined)
      throw new ApiProblem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
    if (!request.principal.roles.includes('operations:operate'))
      throw new ApiProblem('forbidden', { detail: 'This needs a token with the role operations:operate.' });
    // Strict: only pages of this very site – the Web UI beside it counts, whatever its port – make the browser send it.
    response
      .cookie(COOKIE, token, {
        httpOnly: true,
        sameSite: 'strict',
        secure: publicUrl.startsWith('https:'),
        path: '/codec',
        maxAge: HOURS * 3_600_000,
      })
      .status(204)
      .end();
  });
  return router;
}

/** The cookie, on the codec's own paths only. */
export function cookieAuthentication(db: Queryable): Authenticate {
  return async (request) =>
    isCodecPath(request) ? principalOfToken(db, cookieOf(request.headers.cookie ?? '')) : undefined;
}

function isCodecPath({ url }: IncomingMessage): boolean {
  return /^\/codec\/(?:encode|decode)(?:$|\?)/.test(url ?? '');
}

function cookieOf(header: string): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]+)`).exec(header)?.[1];
}

/** Lets the Temporal Web UI, and no other origin, call the codec from a browser. */
export function codecCors(temporalUi: string | undefined): RequestHandler {
  const allowed = temporalUi === undefined ? undefined : new URL(temporalUi).origin;
  return (request, response, next) => {
    response.vary('Origin');
    if (allowed === undefined || request.get('origin') !== allowed) return next();
    response.set({
      'access-control-allow-origin': allowed,
      'access-control-allow-credentials': 'true',
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (request.method !== 'OPTIONS') return next();
    response
      .set({
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, x-namespace',
        'access-control-max-age': '600',
      })
      .status(204)
      .end();
  };
}
