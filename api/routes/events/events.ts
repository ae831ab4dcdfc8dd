import { eventPageSchema, eventSchema } from '../../../contract/schemas/event-schema';
import { hasEnded } from '../../../contract/operations/states';
import type { Principal } from '../../access/auth';
import { READS_OPERATIONS } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { nextPage } from '../../events/event-page';
import { eventStream, isEnd, publicEvent } from '../../events/event-stream';
import type { FeedFilter } from '../../events/feed';
import { Slots } from '../../events/slots';
import { prefers } from '../../http/requests/accept';
import { defineRoute, type DocumentedAnswer, type Route, type RouteAnswer } from '../../http/route';
import { EVENT_STREAM } from '../../http/send-stream';
import type { Metrics } from '../../metrics';
import { operationParams, requireOperation } from '../operations/operations';
import { asPositionProblem, eventsQuery, filterOf, positionFrom, positionQuery } from './event-query';

const OK: DocumentedAnswer = {
  description: 'Events in the order of the log: a stream if `Accept` names `text/event-stream`, otherwise a page.',
  schema: eventPageSchema,
  events: eventSchema,
  headers: { Vary: '`Accept`.' },
};

const DEFAULT_LIMIT = 100;

interface Asked {
  principal: Principal;
  header(name: string): string | undefined;
  query: { limit?: number | undefined; wait?: number | undefined };
  filter: FeedFilter;
  /** Undefined: the oldest event that is kept. */
  after: number | undefined;
  /** Whether the operation that is followed has ended; absent where none is. */
  ended?: boolean;
}

/** `GET /v1/events` and `GET /v1/operations/{operationId}/events`. */
export function eventRoutes(dependencies: ApiDependencies, { openStreams }: Pick<Metrics, 'openStreams'>): Route[] {
  const { events: feed, pool, rateLimit } = dependencies;
  const slots = new Slots({ perCaller: rateLimit.streamsPerCaller });

  const take = (caller: string): (() => void) => {
    const free = slots.take(caller);
    openStreams.set(slots.open);
    return () => {
      free();
      openStreams.set(slots.open);
    };
  };

  async function answer(asked: Asked): Promise<RouteAnswer> {
    const isStream = prefers(EVENT_STREAM, asked.header('accept'));
    const free = isStream || asked.query.wait ? take(asked.principal.id) : () => {};
    try {
      return await (isStream ? streamOf(asked, free) : pageOf(asked).finally(free));
    } catch (error) {
      free();
      throw asPositionProblem(error);
    }
  }

  async function streamOf({ filter, after, ended }: Asked, free: () => void): Promise<RouteAnswer> {
    const first = await feed.page(filter, after);
    const headers = { vary: 'Accept', 'cache-control': 'no-store' };
    if (ended && first.isComplete && first.views.length === 0) {
      free();
      return { status: 204, headers };
    }
    return {
      status: 200,
      // Proxies such as nginx would collect the events otherwise.
      headers: { ...headers, 'x-accel-buffering': 'no' },
      contentType: EVENT_STREAM,
      async *live(signal) {
        try {
          const about = ended === undefined ? {} : { hasEnded: ended };
          yield* eventStream(feed, { filter, first, signal, ...about });
        } finally {
          free();
        }
      },
    };
  }

  async function pageOf({ filter, after, ended, query }: Asked): Promise<RouteAnswer> {
    const { limit = DEFAULT_LIMIT, wait = 0 } = query;
    const first = await feed.page(filter, after, limit);
    const isOver = ended === true && first.isComplete;
    const page = isOver ? first : await nextPage(feed, { filter, first, limit, waitMs: wait * 1_000 });
    const hasEndedNow = ended !== undefined && (isOver || (page.isComplete && page.views.some(isEnd)));
    const body = { items: page.views.map(publicEvent), position: page.position, more: !page.isComplete };
    return {
      status: 200,
      headers: { vary: 'Accept', 'cache-control': 'no-store' },
      body: { ...body, ...(hasEndedNow ? { ended: true } : {}) },
    };
  }

  return [
    defineRoute({
      method: 'get',
      path: '/v1/operations/{operationId}/events',
      operationId: 'followOperation',
      tag: 'Events',
      summary: 'Follow an operation',
      description:
        'Everything that happens to the operation, from its acceptance on: with `Accept: text/event-stream` as Server-Sent Events, which end with the operation; otherwise as a page, for which `wait` is a long poll. See docs/events.md.',
      access: READS_OPERATIONS,
      params: operationParams,
      query: positionQuery,
      resumable: true,
      answers: { 200: OK, 204: { description: 'Streams only: the operation has ended, and no event follows.' } },
      problems: ['unknown-position', 'events-expired'],
      handle: async ({ params: { operationId }, query, principal, header }) => {
        const { status } = await requireOperation({ pool }, operationId, principal);
        const after = positionFrom(header('last-event-id'), query.after);
        const filter = filterOf({ operationId }, principal);
        return answer({ principal, header, query, filter, after, ended: hasEnded(status) });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/events',
      operationId: 'followEvents',
      tag: 'Events',
      summary: 'Follow everything that happens',
      description:
        'Every event that the caller may see, from now on or after a position: with `Accept: text/event-stream` as Server-Sent Events, otherwise as a page, for which `wait` is a long poll. A token that may only order gets the events of its own operations and tenants. See docs/events.md.',
      access: READS_OPERATIONS,
      query: eventsQuery,
      resumable: true,
      answers: { 200: OK },
      problems: ['unknown-position', 'events-expired'],
      handle: async ({ query: { types, tenant, plan, ...query }, principal, header }) => {
        const after = positionFrom(header('last-event-id'), query.after) ?? (await feed.newest());
        const filter = filterOf({ types, tenantId: tenant, plan }, principal);
        return answer({ principal, header, query, filter, after });
      },
    }),
  ];
}
