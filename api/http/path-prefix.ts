/** Path under which a proxy serves the API, without a trailing slash; empty at the root of its host. */
export function pathPrefix(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}
