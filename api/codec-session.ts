import type { IncomingMessage } from 'node:http';
import { Router, type RequestHandler } from 'express';
import type { Queryable } from '../registry/database';
import { principalOfToken, type Authenticate } from './auth';
import { escapeHtml, htmlPage } from './pages/html';
import { ApiProblem } from './problems';
import { PAGE_POLICY } from './security-headers';

const COOKIE = 'codec_token';
const HOURS = 8;

/** What Web UI 2.50 sends. */
const UI_HEADERS = 'authorization, authorization-extras, content-type, x-namespace';

const SIGN_IN = `<form id="sign-in"><label>API token with the role operations:operate<input name="token" type="password" autocomplete="off" required></label>
<button>Sign in</button></form><p id="message" role="status"></p>`;

/** Names the Web UI's controls as version 2.50 labels them. */
function instructions(publicUrl: string, temporalUi: string | undefined): string {
  const webUi = temporalUi === undefined ? 'the Temporal Web UI' : link(temporalUi, 'the Temporal Web UI');
  const blocked =
    temporalUi === undefined
      ? '<p class="error">This API does not know the address of the Temporal Web UI and lets no page in. Set TEMPORAL_UI_URL and restart it.</p>'
      : '';
  return `<p>The Temporal Web UI has payloads decrypted by this server, from your browser. Three steps, good for ${HOURS} hours:</p>
${blocked}<ol>
<li>Sign in below. Your browser keeps the sign-in as a cookie for this address.</li>
<li>In ${webUi}, press the glasses at the top right, choose “Use my browser setting”, and paste this endpoint: <code id="endpoint">${escapeHtml(publicUrl)}/codec</code></li>
<li>Switch on “Include cross-origin credentials” there – without it your browser sends no cookie – and press “Apply”. Reload pages that were open before.</li>
</ol>
${SIGN_IN}`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

/** `GET /codec` and `POST /codec/session`: lets an operator's browser decrypt for the Temporal Web UI, which has no way to send a token. */
export function codecSession(publicUrl: string, temporalUi: string | undefined): Router {
  const router = Router();
  router.get('/codec', (_request, response) => {
    response
      .set('content-security-policy', PAGE_POLICY)
      .type('html')
      .send(htmlPage('Read payloads', instructions(publicUrl, temporalUi), 'codec.js'));
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
        // Whatever it asks for: the origin is the one that may, and its headers change with its versions.
        'access-control-allow-headers': request.get('access-control-request-headers') ?? UI_HEADERS,
        'access-control-max-age': '600',
      })
      .status(204)
      .end();
  };
}
