import type { IncomingMessage } from 'node:http';

/** Header of every write that the console sends. A page of another origin cannot add it without asking this API first, which refuses. */
const CONSOLE_HEADER = 'x-console';

/** Whether a request can change nothing, RFC 9110 §9.2.1. */
export function isSafe({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Whether a request certainly comes from the console. */
export function isFromConsole(request: IncomingMessage, publicUrl: string): boolean {
  return isFromOwnPage(request, publicUrl, CONSOLE_HEADER);
}

/**
 * Whether a request certainly comes from a page of this API: it has the page's own header, and the browser does not say otherwise
 * (https://www.w3.org/TR/fetch-metadata/, RFC 6454).
 */
export function isFromOwnPage({ headers }: IncomingMessage, publicUrl: string, header: string): boolean {
  const { [header]: mark, 'sec-fetch-site': site, origin } = headers;
  return (
    mark === '1' &&
    (site === undefined || site === 'same-origin') &&
    (origin === undefined || origin === new URL(publicUrl).origin)
  );
}
