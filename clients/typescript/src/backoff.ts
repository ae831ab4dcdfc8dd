/** Milliseconds to wait before a further attempt: twice as long after each failure, and different for each client. */
export function backoff(failures: number, { baseMs, mostMs }: { baseMs: number; mostMs: number }): number {
  const full = Math.min(mostMs, baseMs * 2 ** Math.min(failures, 20));
  return full * (0.5 + Math.random() / 2);
}

/** Milliseconds that `Retry-After` asks to wait, given in seconds or as a date. */
export function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Resolves after this time; rejects with the signal's reason when it is aborted before. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      // The reason is whatever the caller has aborted with.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
