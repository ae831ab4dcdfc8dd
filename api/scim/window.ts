import type { Request } from 'express';
import type { Window } from '../../providers/port/directory';
import { ScimError } from './errors';
import { withLowerCaseNames } from './lower-case-names';

/** What a request asks for: its query, or the body of a search. */
export type Asked = Pick<Request, 'query'>;

/** Most resources in one answer. A client that asks for more gets a shorter page, as RFC 7644 §3.4.2.4 allows. */
export const LARGEST_PAGE = 100;

/** The part of a list that a request asks for with `startIndex` and `count`, RFC 7644 §3.4.2.4. */
export function windowOf({ query }: Asked): Window {
  const first = Math.max(1, integer(query['startIndex'], 1)) - 1;
  const max = Math.min(LARGEST_PAGE, Math.max(0, integer(query['count'], LARGEST_PAGE)));
  return { first, max };
}

function integer(given: unknown, standard: number): number {
  if (given === undefined || given === '') return standard;
  if (typeof given === 'string' && /^-?\d{1,9}$/.test(given)) return Number(given);
  throw new ScimError(400, 'startIndex and count are whole numbers.', 'invalidValue');
}

/** Whether a request wants this attribute, by `attributes` or `excludedAttributes` of RFC 7644 §3.9. */
export function wants({ query }: Asked, attribute: string): boolean {
  const names = (parameter: string): string[] => {
    const given = query[parameter];
    return typeof given === 'string' ? given.split(',').map((name) => name.trim().toLowerCase()) : [];
  };
  const [only, without] = [names('attributes'), names('excludedAttributes')];
  const isNamed = (list: string[]): boolean =>
    list.some((name) => name === attribute.toLowerCase() || name.startsWith(`${attribute.toLowerCase()}.`));
  return only.length > 0 ? isNamed(only) : !without.includes(attribute.toLowerCase());
}

/** Leaves out the attributes that a request does not want. `id`, `schemas` and `meta` always stay. */
export function pick<T extends object>(request: Asked, resource: T): Partial<T> {
  const kept = Object.entries(resource).filter(
    ([name, value]) => value !== undefined && (['id', 'schemas', 'meta'].includes(name) || wants(request, name)),
  );
  return Object.fromEntries(kept) as Partial<T>;
}

/** A page of resources, RFC 7644 §3.4.2. */
export function listResponse(total: number, { first }: Pick<Window, 'first'>, resources: readonly object[]): object {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex: first + 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** The body of a search (RFC 7644 §3.4.3) as the query that means the same. */
export function searchOf(body: unknown): Asked {
  const { startindex, count, filter, attributes, excludedattributes } = withLowerCaseNames(body) ?? {};
  const list = (names: unknown): unknown => (Array.isArray(names) ? names.join() : names);
  const given = {
    filter,
    startIndex: typeof startindex === 'number' ? String(startindex) : startindex,
    count: typeof count === 'number' ? String(count) : count,
    attributes: list(attributes),
    excludedAttributes: list(excludedattributes),
  };
  const kept = Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { query: Object.fromEntries(kept) };
}
