import type { EventViewBatch } from '../../registry/views/events';
import type { EventFeed, FeedFilter } from './feed';

/** A page to answer with. */
export interface PageOptions {
  filter: FeedFilter;
  /** The events that are there already. */
  first: EventViewBatch;
  limit: number;
  /** Milliseconds to wait if there are none. */
  waitMs: number;
}

/** The first page that has events; an empty one if there are none until the time is up, or the process stops. */
export async function nextPage(
  feed: EventFeed,
  { filter, first, limit, waitMs }: PageOptions,
): Promise<EventViewBatch> {
  if (first.views.length > 0 || waitMs === 0) return first;
  let page = first;
  const signal = AbortSignal.timeout(waitMs);
  for await (page of feed.follow(filter, first.position, waitMs, signal)) if (page.views.length > 0) break;
  if (page.views.length <= limit) return page;
  const views = page.views.slice(0, limit);
  return { views, position: views.at(-1)!.event.sequence, isComplete: false };
}
