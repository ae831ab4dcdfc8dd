import { jsonPointer } from '../contract/schemas/json-pointer';

/** An object or list that is being read. */
interface Level {
  /** The names seen so far; none in a list. */
  names?: Set<string>;
  /** Where the next value belongs. */
  at: string | number;
}

/** A string with what says that it is a name, or a sign that opens, closes or separates. */
const TOKEN = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\],]/gs;

/** More would help nobody. */
const MOST_FOUND = 20;

/**
 * Pointers to the names that an object of a JSON text has more than once: parsers disagree on which one counts, so a check of one can be
 * passed with the other (RFC 7493 §2.3). The text must be JSON already. Iterative: depth costs no stack.
 */
export function duplicateNames(json: string): string[] {
  const found = new Set<string>();
  const open: Level[] = [];
  for (const [sign, text, colon] of json.matchAll(TOKEN)) {
    const level = open.at(-1);
    if (sign === '{') open.push({ names: new Set(), at: '' });
    else if (sign === '[') open.push({ at: 0 });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ',') {
      if (typeof level?.at === 'number') level.at += 1;
    } else if (colon !== undefined && level?.names) {
      level.at = JSON.parse(text!) as string;
      if (level.names.has(level.at) && found.size < MOST_FOUND) found.add(jsonPointer(open.map(({ at }) => at)));
      level.names.add(level.at);
    }
  }
  return [...found];
}
