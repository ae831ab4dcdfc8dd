import { ScimError } from './errors';

/** Values that attributes must have, by attribute name in lower case. */
export type Equalities = Record<string, string>;

/** Longest filter, in characters; longer ones are refused unread. */
const LONGEST = 2000;

const CONDITION = /^\s*([A-Za-z][\w$:.-]*)\s+([A-Za-z]+)\s+("(?:[^"\\]|\\.)*"|true|false|null|-?\d+(?:\.\d+)?)/;

/**
 * Reads a filter of RFC 7644 §3.4.2.2 that consists of comparisons with `eq`, joined by `and`. These are the filters that Microsoft Entra ID
 * and Okta send. Throws `invalidFilter` for any other, and for attributes that are not among `known`.
 */
export function parseFilter(filter: string, known: readonly string[]): Equalities {
  if (filter.length > LONGEST) throw refused('The filter is too long.');
  const wanted: Equalities = {};
  for (let rest = filter, isFirst = true; ; isFirst = false) {
    if (!isFirst) {
      const joined = /^\s+and\s+/i.exec(rest);
      if (!joined) throw refused('Comparisons can only be joined by “and”.');
      rest = rest.slice(joined[0].length);
    }
    const [whole, attribute = '', operator = '', literal = ''] = CONDITION.exec(rest) ?? [];
    if (whole === undefined)
      throw refused('A comparison is an attribute, an operator and a value, such as userName eq "a".');
    const name = attribute.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i, '').toLowerCase();
    if (operator.toLowerCase() !== 'eq') throw refused('The only operator is “eq”.');
    if (!known.includes(name)) throw refused(`The filter may compare ${known.join(', ')}.`);
    const value = valueOf(literal);
    if (wanted[name] !== undefined && wanted[name] !== value)
      throw refused('An attribute cannot have two values at once.');
    wanted[name] = value;
    rest = rest.slice(whole.length);
    if (rest.trim() === '') return wanted;
  }
}

function valueOf(literal: string): string {
  if (!literal.startsWith('"')) return literal;
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw refused('A text in the filter is not a JSON string.');
  }
}

function refused(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidFilter');
}
