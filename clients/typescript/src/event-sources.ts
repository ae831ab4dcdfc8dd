import { createParser } from 'eventsource-parser';
import { problemOf, type Connection } from './connection';
import { ConnectionFailed } from './errors';
import { anySignal, withDeadline } from './signals';
import type { Event, EventPage } from './types';

/** Events that arrived together. */
export interface Portion {
  events: Event[];
  /** Where to continue after them. */
  position: number | undefined;
  /** Whether nothing follows. */
  hasEnded?: boolean;
}

/** What events are read from. */
export interface EventSource {
  connection: Connection;
  /** Address of the events, with its filter. */
  url: URL;
  signal: AbortSignal;
}

/** The API sends something every 20 seconds; a connection that is silent for longer is dead. */
const SILENCE_MS = 45_000;
/** The API begins every stream at once; a proxy that collects answers does not. */
const FIRST_BYTE_MS = 10_000;
const WAIT_SECONDS = 25;

/** A stream that was accepted and brought nothing: something on the way may be unable to stream. */
export class NoStream extends ConnectionFailed {}

/** One connection to the live stream. Ends when the connection does; throws when it is cut. */
export async function* streamed(
  { connection, url, signal }: EventSource,
  after: number | undefined,
  onRetry: (ms: number) => void,
): AsyncGenerator<Portion> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limitSilence = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new DOMException('The stream is silent.', 'TimeoutError')), ms);
  };
  let isBarren = false;
  try {
    limitSilence(connection.timeoutMs);
    const request = new Request(url, { signal: anySignal([signal, silence.signal]) });
    request.headers.set('Accept', 'text/event-stream');
    if (after !== undefined) request.headers.set('Last-Event-ID', String(after));
    const response = await connection.send(request);
    if (response.status === 204) {
      yield { events: [], position: after, hasEnded: true };
      return;
    }
    if (!response.ok) throw await problemOf(request, response);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (!isStream || !response.body) throw new NoStream('The answer is not a stream.');
    isBarren = true;
    limitSilence(FIRST_BYTE_MS);
    let events: Event[] = [];
    const parser = createParser({ onRetry, onEvent: ({ data }) => void events.push(JSON.parse(data) as Event) });
    const ids = new Ids();
    const decoder = new TextDecoder();
    for await (const bytes of chunksOf(response.body)) {
      isBarren = false;
      limitSilence(SILENCE_MS);
      const text = decoder.decode(bytes, { stream: true });
      parser.feed(text);
      yield { events, position: ids.after(text) ?? after };
      events = [];
    }
    if (isBarren) throw new NoStream('The stream was empty.');
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw isBarren ? new NoStream('The stream brought nothing.', { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** The same events page by page, each awaited for a while. */
export async function* paged(
  { connection, url, signal }: EventSource,
  after: number | undefined,
): AsyncGenerator<Portion> {
  for (let position = after; ;) {
    const page = await eventPage({ connection, url, signal }, { after: position, wait: WAIT_SECONDS });
    ({ position } = page);
    yield { events: page.items, position, hasEnded: page.ended ?? false };
  }
}

/** One page of events. */
export async function eventPage(
  { connection, url, signal }: EventSource,
  query: { after?: number | undefined; wait?: number; limit?: number },
): Promise<EventPage> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) address.searchParams.set(name, String(value));
  const within = withDeadline(signal, (query.wait ?? 0) * 1000 + connection.timeoutMs);
  const request = new Request(address, { signal: within });
  const response = await connection.send(request);
  if (!response.ok) throw await problemOf(request, response);
  try {
    return (await response.json()) as EventPage;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectionFailed('A page of events was cut.', { cause: error });
  }
}

/** The newest id of a stream, also of a heartbeat, which has no data and which the parser therefore does not report. */
class Ids {
  #line = '';
  #pending: number | undefined;
  #newest: number | undefined;

  /** The newest id after this text. An id counts once its block is complete. */
  after(text: string): number | undefined {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) {
      const id = /^id: ?(\d+)\r?$/.exec(line)?.[1];
      if (id !== undefined) this.#pending = Number(id);
      else if (/^\r?$/.test(line)) this.#newest = this.#pending ?? this.#newest;
    }
    return this.#newest;
  }
}

/** The chunks of a body. Throws `ConnectionFailed` if it breaks off; cancels it if the reader stops early. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new ConnectionFailed('The event stream was cut.', { cause: error });
      });
      if (done) return;
      yield value;
    }
  } finally {
    // There is nothing to cancel in a body that broke off.
    await reader.cancel().catch(() => undefined);
  }
}
