import type { IncomingMessage } from 'node:http';
import type { CookieOptions, Response } from 'express';
import { pathPrefix } from '../http/path-prefix';

/** The cookies of the console. Each has text without characters that a cookie would need to encode. */
const COOKIES = { session: 'console_session', signIn: 'console_sign_in' } as const;

const VALUE = /^[A-Za-z0-9._-]{1,4000}$/;

/** Sign-ins that a browser may have begun at the same time, one for each tab; a further one forgets those before. */
const MOST_SIGN_INS = 5;

/** Characters of a sign-in's state that tell its cookie from those of other tabs. */
const STATE = /^[\w-]{12}/;

/** Reads and writes the console's cookies for an API that is reached at `publicUrl`. */
export function cookiesFor(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  // With `__Host-`, browsers take the cookie from this host only: no other host of the domain can plant one. It demands the path `/`, so
  // that the name, and not the path, keeps the cookies of two consoles on one host apart.
  const own = pathPrefix(publicUrl).replaceAll(/[^\w-]/g, '_');
  const nameOf = (cookie: keyof typeof COOKIES): string => `${secure ? '__Host-' : ''}${COOKIES[cookie]}${own}`;
  // Lax: the issuer sends the browser back by a link, and a strict cookie would not come along.
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  const signInOf = (state: string): string | undefined => {
    const begin = STATE.exec(state)?.[0];
    return begin === undefined ? undefined : `${nameOf('signIn')}.${begin}`;
  };
  return {
    readSession: (request: IncomingMessage): string | undefined => cookieOf(request, nameOf('session')),
    /** Sets the session's cookie; the browser forgets it when it closes. */
    setSession: (response: Response, value: string): void => {
      response.cookie(nameOf('session'), value, options);
    },
    clearSession: (response: Response): void => {
      response.clearCookie(nameOf('session'), options);
    },
    /** Keeps a sign-in that begins, for `maxAge` milliseconds, beside those of other tabs. */
    keepSignIn(request: IncomingMessage, response: Response, state: string, value: string, maxAge: number): void {
      const others = pairsOf(request).flatMap(([name]) => (name.startsWith(`${nameOf('signIn')}.`) ? [name] : []));
      if (others.length >= MOST_SIGN_INS) for (const name of others) response.clearCookie(name, options);
      response.cookie(signInOf(state)!, value, { ...options, maxAge });
    },
    /** The sign-in that was begun with this state. The browser forgets it: an answer is taken once. */
    takeSignIn(request: IncomingMessage, response: Response, state: string): string | undefined {
      const name = signInOf(state);
      if (name === undefined) return undefined;
      response.clearCookie(name, options);
      return cookieOf(request, name);
    },
  };
}

/** {@link cookiesFor} one API. */
export type Cookies = ReturnType<typeof cookiesFor>;

/** The value of a request's cookie of this name, if it is one that this API could have set. */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const value = pairsOf(request).find(([each]) => each === name)?.[1];
  return value !== undefined && VALUE.test(value) ? value : undefined;
}

function pairsOf({ headers }: IncomingMessage): [name: string, value: string][] {
  return (headers.cookie ?? '').split(';').flatMap((pair): [string, string][] => {
    const [, name, value] = /^\s*([^=]+)=(.*?)\s*$/.exec(pair) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}
