import { EventSource } from 'eventsource';
import { createApp } from '../../../api/app';
import type { ApiDependencies } from '../../../api/dependencies';
import { EventFeed } from '../../../api/events/feed';
import { listen } from '../../../api/http/listen';
import { eventSchema, type PublicEvent } from '../../../contract/schemas/event-schema';

/** A stream as a client sees it that implements the standard: it connects again by itself and says where it was. */
export interface FollowedStream {
  events: PublicEvent[];
  /** How often it has been connected. */
  connections: number;
  /** Status of the last answer that was no stream. */
  refused: number | undefined;
  /** Whether it has given up, because of an answer that is final. */
  hasEnded(): boolean;
  close(): void;
}

/** Follows a stream with a token, after an event if `after` is given. */
export function followStream(url: string, token: string, after?: number): FollowedStream {
  const source = new EventSource(url, {
    fetch: (input, { headers, ...init }) => {
      const position = after === undefined ? {} : { 'Last-Event-ID': String(after) };
      return fetch(input, { ...init, headers: { ...position, ...headers, Authorization: `Bearer ${token}` } });
    },
  });
  const stream: FollowedStream = {
    events: [],
    connections: 0,
    refused: undefined,
    hasEnded: () => source.readyState === EventSource.CLOSED,
    close: () => source.close(),
  };
  source.addEventListener('open', () => stream.connections++);
  source.addEventListener('error', ({ code }) => (stream.refused = code));
  source.addEventListener('message', ({ data }) => stream.events.push(eventSchema.parse(JSON.parse(String(data)))));
  return stream;
}

/** An API that listens, with an event feed of its own. */
export interface ListeningApi {
  url: string;
  port: number;
  feed: EventFeed;
  /** Stops it as the process does: streams end, and their clients connect again. */
  stop(): Promise<void>;
}

/** Starts an API process as far as streams see it. */
export async function listeningApi(dependencies: ApiDependencies, port = 0): Promise<ListeningApi> {
  const feed = new EventFeed(dependencies.pool, dependencies.logger);
  const listening = await listen(createApp({ ...dependencies, events: feed }), '127.0.0.1', port);
  return {
    url: `http://127.0.0.1:${listening.port}`,
    port: listening.port,
    feed,
    stop: async () => {
      await Promise.all([feed.stop(), listening.close(1_000)]);
    },
  };
}
