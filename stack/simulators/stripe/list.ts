import { missing } from './requests/errors';
import type { Paging } from './requests/params';
import type { StripeObject } from './state/stripe-object';

/** A page of objects in Stripe's format. */
export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/**
 * One page of `objects`, which are sorted newest first: those after or before a cursor, at most `limit` (default 10)
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
