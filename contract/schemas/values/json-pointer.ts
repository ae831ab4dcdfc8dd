/** A path into a JSON document as an RFC 6901 pointer. `~` and `/` are escaped; the pointer to the whole document is empty. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The keys of an RFC 6901 pointer. Throws when the pointer is not empty and does not begin with `/`. */
export function pointerKeys(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/'))
    throw new Error(`A JSON pointer must begin with a slash; ${JSON.stringify(pointer)} does not.`);
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
