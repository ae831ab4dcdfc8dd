import type { IncomingMessage } from 'node:http';
import { Router, type RequestHandler } from 'express';
import type { Queryable } from '../../registry/database';
import { principalOfToken, type Authenticate } from '../access/auth';
import { escapeHtml, htmlPage } from './html';
import { pathPrefix } from '../http/path-prefix';
import { ApiProblem } from '../http/problems';
import { PAGE_POLICY } from '../http/security-headers';

const COOKIE = 'codec_token';
const HOURS = 8;

/** Request headers that Web UI 2.50 sends. */
const UI_HEADERS = 'authorization, authorization-extras, content-type, x-namespace';

const SIGN_IN = `<form id="sign-in"><label>API token with the role operations:operate<input name="token" type="password" autocomplete="off" required></label>
<button>Sign in</button></form><p id="message" role="status"></p>`;

/** The operator's instructions. They name the Web UI's controls as version 2.50 labels them. */
function instructions(publicUrl: string, temporalUi: string | undefined): string {
  const webUi = temporalUi === undefined ? 'the Temporal Web UI' : link(temporalUi, 'the Temporal Web UI');
  const blocked =
    temporalUi === undefined
      ? '<p class="error">This API does not know the address of the Temporal Web UI, so it refuses calls from every page. Set TEMPORAL_UI_URL and restart the API.</p>'
      : '';
  return `<p>The Temporal Web UI has your browser ask this server to decrypt payloads. Three steps set this up for ${HOURS} hours:</p>
${blocked}<ol>
<li>Sign in below. Your browser keeps the sign-in as a cookie for this address.</li>
<li>In ${webUi}, press the glasses at the top right, choose “Use my browser setting”, and paste this endpoint: <code id="endpoint">${escapeHtml(publicUrl)}/codec</code></li>
<li>Switch on “Include cross-origin credentials” there, because your browser sends no cookie without it, and press “Apply”. Reload any Web UI pages that are already open.</li>
</ol>
${SIGN_IN}`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

/** `GET /codec` and `POST /codec/session`: sign an operator's browser in by cookie, because the Temporal Web UI cannot send a token. */
export function codecSession(publicUrl: string, temporalUi: string | undefined): Router {
  const router = Router();
  router.get('/codec', (_request, response) => {
    response
      .set('content-security-policy', PAGE_POLICY)
      .type('html')
      .send(htmlPage(pathPrefix(publicUrl), 'Read payloads', instructions(publicUrl, temporalUi), 'codec.js'));
  });
  router.post('/codec/session', (request, response) => {
    request.routePath = '/codec/session';
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!request.principal || token === undefined)
      throw new ApiProblem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
    if (!request.principal.roles.includes('operations:operate'))
      throw new ApiProblem('forbidden', { detail: 'This requires a token with the role operations:operate.' });
    // Strict: the browser sends the cookie only for pages of the same site. A Web UI on the same host counts, whatever its port.
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

/** Authenticates by the session cookie, and only on the codec's own paths. */
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
        // Every requested header is allowed: the origin is already the permitted one, and its headers change with its version.
        'access-control-allow-headers': request.get('access-control-request-headers') ?? UI_HEADERS,
        'access-control-max-age': '600',
      })
      .status(204)
      .end();
  };
}
