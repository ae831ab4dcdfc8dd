import { jsonPointer } from './json-pointer';

/** An object or array whose end has not been read yet. */
interface Level {
  /** Names seen so far; absent for an array. */
  names?: Set<string>;
  /** Name or index of the value being read. */
  at: string | number;
}

/** A string, with the colon that makes it a member name, or a structural character. */
const TOKEN = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\],]/gs;

/** Enough to correct the body; a longer list would not help. */
const MAX_FOUND = 20;

/**
 * Pointers to the names that occur more than once in an object of a JSON text. Parsers disagree on which occurrence counts, so a body could
 * pass a check with one value and take effect with the other (RFC 7493 §2.3). The text must be valid JSON. Iterative, so that deep nesting
 * cannot exhaust the stack.
 */
export function duplicateNames(json: string): string[] {
  const found = new Set<string>();
  const open: Level[] = [];
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    const level = open.at(-1);
    if (token === '{') open.push({ names: new Set(), at: '' });
    else if (token === '[') open.push({ at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (typeof level?.at === 'number') level.at += 1;
    } else if (colon !== undefined && level?.names) {
      level.at = JSON.parse(text!) as string;
      if (level.names.has(level.at) && found.size < MAX_FOUND) found.add(jsonPointer(open.map(({ at }) => at)));
      level.names.add(level.at);
    }
  }
  return [...found];
}
