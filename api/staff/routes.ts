import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type pg from 'pg';
import type { KeyRing } from '../../contract/keys/key-ring';
import { isRole } from '../access/roles';
import { ApiProblem } from '../http/problems';
import { ATTEMPT_MINUTES, openAttempt, sealAttempt } from './attempt';
import type { Cookies } from './cookies';
import { failed, type IdentityProvider } from './identity-provider';
import { obeyLogout } from './logout';
import { refusalPage } from './refusal-page';
import { returnUrl } from './return-path';
import { isFromConsole } from './same-origin';
import type { StaffSessions } from './sessions';
import type { StaffSettings } from './settings';

/** What the routes work with. */
export interface SignInOptions {
  pool: pg.Pool;
  ring: KeyRing;
  publicUrl: string;
  settings: StaffSettings;
  provider: IdentityProvider;
  sessions: StaffSessions;
  cookies: Cookies;
  now: () => Date;
}

/** The paths below `/console` for signing in and out, with their methods. */
const PATHS = {
  '/session': 'get',
  '/sign-in': 'get',
  '/callback': 'get',
  '/sign-out': 'post',
  '/backchannel-logout': 'post',
} as const;

type Handlers = Record<keyof typeof PATHS, RequestHandler>;

/** The routes below `/console` with which a person signs in and out. The tokens of the issuer never reach the browser but for its own logout. */
export function signInRoutes(options: SignInOptions): Router {
  const { publicUrl, provider, sessions, cookies, settings, ring, now } = options;
  const redirectUri = `${publicUrl}/console/callback`;
  return routerOf(publicUrl, {
    '/session': async (request, response) => {
      const session = await sessions.find(cookies.readSession(request));
      if (!session) {
        cookies.clearSession(response);
        throw notSignedIn();
      }
      const { userId: id, name, roles, idleExpiresAt, expiresAt } = session;
      response.json({ user: { id, name, roles: roles.filter(isRole) }, idleExpiresAt, expiresAt });
    },
    '/sign-in': async (request, response) => {
      const asked = request.query['return'];
      const attempt = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        returnTo: returnUrl(publicUrl, typeof asked === 'string' ? asked : undefined),
      };
      const location = await provider.signInUrl(attempt, redirectUri);
      const sealed = sealAttempt(ring, attempt, now());
      cookies.keepSignIn(request, response, attempt.state, sealed, ATTEMPT_MINUTES * 60_000);
      goTo(response, location);
    },
    '/callback': async (request, response) => {
      const state = request.query['state'];
      const sealed = typeof state === 'string' ? cookies.takeSignIn(request, response, state) : undefined;
      const attempt = openAttempt(ring, sealed ?? '', now());
      if (!attempt)
        throw failed(
          `It was not begun in this browser at ${publicUrl}/console/, or took longer than ${ATTEMPT_MINUTES} minutes.`,
        );
      const answer = new URL(redirectUri);
      answer.search = new URL(request.originalUrl, publicUrl).search;
      const vouched = await provider.exchange(answer, attempt);
      const { id, person } = await sessions.open(vouched, cookies.readSession(request));
      request.principal = person;
      cookies.setSession(response, id);
      goTo(response, attempt.returnTo);
    },
    '/sign-out': async (request, response) => {
      if (!isFromConsole(request, publicUrl)) throw new ApiProblem('cross-site-request');
      const home = `${publicUrl}/console/`;
      const id = cookies.readSession(request);
      const tokens = id === undefined ? undefined : await sessions.end(id);
      cookies.clearSession(response);
      response.json({ location: (tokens && (await provider.signOutUrl(tokens.idToken, home))) ?? home });
    },
    '/backchannel-logout': async (request, response) => {
      await readForm(request, response);
      const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown };
      await obeyLogout(token, { pool: options.pool, provider, settings, now });
      response.status(200).end();
    },
  });
}

/** The same paths while no issuer is configured. */
export function signInOff(publicUrl: string): Router {
  const off: RequestHandler = () => {
    throw new ApiProblem('sign-in-off', {
      detail:
        'This console has no identity provider, so people cannot sign in. An administrator sets STAFF_OIDC_ISSUER, STAFF_OIDC_CLIENT_ID, STAFF_OIDC_CLIENT_SECRET and STAFF_ROLES and restarts the API: docs/sign-in.md.',
    });
  };
  return routerOf(publicUrl, Object.fromEntries(Object.keys(PATHS).map((path) => [path, off])) as Handlers);
}

function routerOf(publicUrl: string, handlers: Handlers): Router {
  const router = Router();
  for (const [path, method] of Object.entries(PATHS) as [keyof Handlers, 'get' | 'post'][]) {
    const known: RequestHandler = (request, response, next) => {
      request.routePath = `/console${path}`;
      response.set('cache-control', 'no-store');
      next();
    };
    router.all(path, known);
    router[method](path, handlers[path]);
    router.all(path, () => {
      throw new ApiProblem('method-not-allowed', { headers: { allow: method === 'get' ? 'GET, HEAD' : 'POST' } });
    });
  }
  router.use(['/sign-in', '/callback'], refusalPage(publicUrl));
  return router;
}

const form = express.urlencoded({ extended: false, limit: '16kb', inflate: false });

function readForm(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    form(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(new ApiProblem('invalid-logout-token', { detail: 'The body is no form with a logout_token.' }));
    });
  });
}

function goTo(response: Response, location: string): void {
  response.status(302).set({ location }).end();
}

function notSignedIn(): ApiProblem {
  return new ApiProblem('unauthenticated', {
    detail: 'You are not signed in, or your session has ended. Sign in at console/sign-in.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
