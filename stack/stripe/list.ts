import { missing } from './errors';
import type { Paging } from './params';
import type { StripeObject } from './objects';

/** A page of objects as Stripe answers it. */
export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/**
 * One page of `objects` (newest first): after or before a cursor, 10 unless `limit` says otherwise
 * (https://docs.stripe.com/api/pagination). Throws `resource_missing` for a cursor that is not among them.
 */
export function page<T extends StripeObject>(url: string, objects: T[], params: Paging): List<T> {
  const limit = params.limit ?? 10;
  const { starting_after: after, ending_before: before } = params;
  const indexOf = (id: string, param: string): number => {
    const index = objects.findIndex((object) => object.id === id);
    if (index === -1) throw missing(objects[0]?.object ?? 'object', id, param);
    return index;
  };
  if (before !== undefined) {
    const end = indexOf(before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: objects.slice(start, end), has_more: start > 0, url };
  }
  const start = after === undefined ? 0 : indexOf(after, 'starting_after') + 1;
  return { object: 'list', data: objects.slice(start, start + limit), has_more: start + limit < objects.length, url };
}
