import type { IncomingMessage } from 'node:http';
import type { CookieOptions, Response } from 'express';

/** The cookies of the console. Each has text without characters that a cookie would need to encode. */
const COOKIES = { session: 'console_session', signIn: 'console_sign_in' } as const;

type Cookie = keyof typeof COOKIES;

const VALUE = /^[A-Za-z0-9._-]{1,4000}$/;

/** Reads and writes the console's cookies for an API that is reached at `publicUrl`. */
export function cookiesFor(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  // With this prefix, browsers take the cookie from this host only: no other host of the domain can plant one.
  const nameOf = (cookie: Cookie): string => `${secure ? '__Host-' : ''}${COOKIES[cookie]}`;
  // Lax: the issuer sends the browser back by a link, and a strict cookie would not come along.
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure, path: '/' };
  return {
    read(request: IncomingMessage, cookie: Cookie): string | undefined {
      const begin = `${nameOf(cookie)}=`;
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      const value = pairs.find((pair) => pair.startsWith(begin))?.slice(begin.length);
      return value !== undefined && VALUE.test(value) ? value : undefined;
    },
    /** Sets a cookie; without `maxAge`, in milliseconds, the browser forgets it when it closes. */
    set(response: Response, cookie: Cookie, value: string, maxAge?: number): void {
      response.cookie(nameOf(cookie), value, { ...options, ...(maxAge === undefined ? {} : { maxAge }) });
    },
    clear(response: Response, cookie: Cookie): void {
      response.clearCookie(nameOf(cookie), options);
    },
  };
}

/** {@link cookiesFor} one API. */
export type Cookies = ReturnType<typeof cookiesFor>;
