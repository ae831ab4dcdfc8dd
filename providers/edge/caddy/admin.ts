import { setTimeout as sleep } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import { requestSignal } from '../../port/request-signal';
import { tracedCall } from '../../port/traced-call';

/** Milliseconds for one request: a change loads the whole configuration again. */
const WHOLE_MS = 9_000;

/**
 * Tries in all. Every change starts Caddy's API anew, which closes the connections of requests at the same time. All requests can be repeated: a
 * change that did take effect is then refused, because the value is another one, or because its `@id` is taken.
 */
const TRIES = 6;

/** Most milliseconds before the next try, for each try before; random, so that callers do not meet again. */
const PAUSE_MS = 150;

const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** Caddy has refused a request. Its own message may quote the configuration and is left out. */
export class CaddyRefused extends Error {
  override readonly name = 'CaddyRefused';
  constructor(readonly status: number) {
    super(`Caddy answered ${status}.`);
  }
}

/** A part of the configuration, and the version of it that a change may refer to. */
export interface Part {
  value: unknown;
  etag: string;
}

/** Caddy's API for its own configuration. Source: https://caddyserver.com/docs/api */
export interface Admin {
  /** The part with this `@id`, or the part of it at a path below; undefined if there is none. */
  read(path: string, signal: AbortSignal): Promise<Part | undefined>;
  /** Appends to the list at this path. */
  append(path: string, value: unknown, signal: AbortSignal): Promise<void>;
  /** Puts another value in the place of this one. Throws {@link CaddyRefused} with 412 if it is another one by now. */
  replace(path: string, value: unknown, etag: string, signal: AbortSignal): Promise<void>;
  /** Removes this value. Throws like `replace`. */
  remove(path: string, etag: string, signal: AbortSignal): Promise<void>;
}

/** The API at this address. Paths are below `/id/`. */
export function createAdmin(url: string): Admin {
  const send = async (...sent: Parameters<typeof sendOnce>): ReturnType<typeof sendOnce> => {
    for (let attempt = 1; ; attempt++)
      try {
        return await sendOnce(...sent);
      } catch (error) {
        if (attempt === TRIES || !CLOSED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
        await sleep(Math.random() * attempt * PAUSE_MS);
      }
  };
  const sendOnce = async (
    method: Dispatcher.HttpMethod,
    path: string,
    { value, etag, signal }: { value?: unknown; etag?: string; signal: AbortSignal },
  ): Promise<{ status: number; text: string; etag: string }> =>
    tracedCall(
      { provider: 'caddy', operation: `${method} /id` },
      async () => {
        const { statusCode, body, headers } = await request(`${url}/id/${path}`, {
          method,
          headers: {
            ...(value === undefined ? {} : { 'content-type': 'application/json' }),
            ...(etag === undefined ? {} : { 'if-match': etag }),
          },
          ...(value === undefined ? {} : { body: JSON.stringify(value) }),
          signal: requestSignal(signal, WHOLE_MS),
          // An idle connection would be closed by the next change.
          reset: true,
        });
        const text = await body.text();
        return { status: statusCode, text, etag: String(headers['etag'] ?? '') };
      },
      ({ status }) => status,
    );
  const change = async (...[method, path, more]: Parameters<typeof send>): Promise<void> => {
    const { status } = await send(method, path, more);
    if (status >= 300) throw new CaddyRefused(status);
  };
  return {
    async read(path, signal) {
      const { status, text, etag } = await send('GET', path, { signal });
      if (status === 404) return undefined;
      if (status !== 200) throw new CaddyRefused(status);
      return { value: JSON.parse(text), etag };
    },
    append: (path, value, signal) => change('POST', path, { value, signal }),
    replace: (path, value, etag, signal) => change('PATCH', path, { value, etag, signal }),
    remove: (path, etag, signal) => change('DELETE', path, { etag, signal }),
  };
}
