import { setTimeout as sleep } from 'node:timers/promises';
import type { ScanReport } from '../../../contract/scans';
import type { ScanCallback } from './scanner';

/** Milliseconds between two attempts to hand over a report. */
const RETRY_MS = 5_000;

/** Hands over a report, again and again until it is taken, refused, or too late. */
export async function report(callback: ScanCallback, body: ScanReport): Promise<void> {
  while (Date.now() < callback.deadline.getTime()) {
    const status = await call(callback, 'report', body);
    // Whoever says no says it again; whoever does not answer may do so later.
    if (status !== undefined && status < 500 && status !== 429) return;
    await sleep(RETRY_MS);
  }
}

/** One call; the status, or undefined when nobody answered. */
export async function call(
  { url, token }: ScanCallback,
  what: 'report' | 'heartbeat',
  body: object,
): Promise<number | undefined> {
  try {
    const answer = await fetch(`${url}:${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, token }),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
