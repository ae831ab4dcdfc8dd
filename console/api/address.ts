/** Path under which a proxy serves the API, without a trailing slash; empty at the root. The API states it in the page's `<base>`. */
export const prefix = new URL('..', document.baseURI).pathname.replace(/\/$/, '');

/** Address of the API, without `/v1`. */
export const apiUrl = `${location.origin}${prefix}`;

/** The present page's path within the console, to come back to after signing in. */
export function presentPath(): string {
  return `${location.pathname}${location.search}${location.hash}`;
}
