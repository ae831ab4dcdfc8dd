import { setTimeout as sleep } from 'node:timers/promises';
import type { ScanReport } from '../../contract/maintenance/scans';
import type { ScanCallback } from './scanner';

/** Milliseconds between two attempts to deliver a report. */
const RETRY_MS = 5_000;

/** Delivers a report, retrying until it is accepted, refused or past its deadline. */
export async function report(callback: ScanCallback, body: ScanReport): Promise<void> {
  while (Date.now() < callback.deadline.getTime()) {
    const status = await call(callback, 'report', body);
    // A refusal would be repeated. A missing answer, a 5xx or a 429 may pass, so the report is sent again.
    if (status !== undefined && status < 500 && status !== 429) return;
    await sleep(RETRY_MS);
  }
}

/** Sends one request. Returns the HTTP status, or undefined if there was no answer. */
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
