import type { Response } from 'express';

/** Media type of Server-Sent Events. */
export const EVENT_STREAM = 'text/event-stream';

/** Milliseconds that a client has to read what was sent, before it is cut off. */
const STALL_MS = 20_000;

/** Chunks of an answer that is sent as it comes into being. The signal is aborted when the client goes away. */
export type LiveBody = (signal: AbortSignal) => AsyncIterable<string>;

/**
 * Sends a live answer. The next chunk is asked for only once the client has taken the previous ones, so a slow client costs a few kilobytes
 * and delays no other; one that has stopped reading is cut off.
 */
export async function sendStream(response: Response, body: LiveBody, stallMs = STALL_MS): Promise<void> {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  response.once('close', abort);
  response.flushHeaders();
  if (response.destroyed || response.req.method === 'HEAD') abort();
  try {
    for await (const chunk of body(gone.signal)) {
      if (gone.signal.aborted) break;
      if (!response.write(chunk)) await drained(response, gone.signal, stallMs);
    }
    response.end();
  } finally {
    response.off('close', abort);
  }
}

function drained(response: Response, gone: AbortSignal, stallMs: number): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      response.off('drain', done);
      gone.removeEventListener('abort', done);
      resolve();
    };
    // Closing it aborts the signal.
    const timer = setTimeout(() => response.destroy(), stallMs);
    response.on('drain', done);
    gone.addEventListener('abort', done);
  });
}
