import type { Deed } from '../../helpers/fault-proxy';
import type { Call } from './calls';
import { isAfterPivot, isHttp, providerOf } from './calls';

/** What happens to a call of one tenant. */
export interface AimedFault {
  /** The kind; a sample has at least one of each. */
  kind: string;
  /** How the call is met; on lines without statuses only the deeds in words. */
  does: Deed;
  /** How often; the call is left alone afterwards. Absent: as long as the scenario lasts. */
  times?: number;
  /** After the call, the first look at what was made shows nothing. */
  stale?: boolean;
  /** The step is over for good: the tenant is not to become active. */
  fatal?: boolean;
}

/** What a throttled caller is asked to wait. */
export const RETRY_AFTER_SECONDS = 3;

const JUNK = '<html><body>upstream said something</body></html>';

const HTTP: AimedFault[] = [
  { kind: '500 before the effect', does: 500, times: 1 },
  { kind: '503 before the effect', does: 503, times: 1 },
  {
    kind: '429 with Retry-After',
    does: { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    times: 1,
  },
  { kind: '401', does: 401, times: 1 },
  { kind: '403 for good', does: 403, fatal: true },
  { kind: '500 for good', does: 500, fatal: true },
  { kind: 'effect, then 500', does: { status: 500, body: JUNK, afterEffect: true }, times: 1 },
  {
    kind: 'effect, then a malformed success',
    does: { status: 200, headers: { 'content-type': 'text/html' }, body: JUNK, afterEffect: true },
    times: 1,
  },
  { kind: 'effect, then an empty success', does: { status: 200, afterEffect: true }, times: 1 },
  { kind: 'slow', does: { of: 'answer', ms: 5_000 }, times: 1 },
  { kind: 'late success', does: { of: 'request', ms: 12_000 }, times: 1 },
];

/** Those that a line without statuses can have, too. */
const ANY: AimedFault[] = [
  { kind: 'reset before the effect', does: 'reset', times: 1 },
  { kind: 'effect, then a reset', does: 'lose', times: 1 },
  { kind: 'effect, then silence', does: 'mute', times: 1 },
];

const STALE: AimedFault = { kind: 'stale read after a lost answer', does: 'lose', times: 1, stale: true };

const PARTIAL: AimedFault = { kind: 'partial success', does: 403, fatal: true };

/** Reads that show what a call has made, as they are answered by somebody who has not heard of it yet. */
export const STALE_READS: Record<string, { method: string; path: RegExp; does: Deed }> = {
  s3: {
    method: 'GET',
    path: /tagging/,
    does: {
      status: 404,
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message>not yet</Message></Error>',
    },
  },
  keycloak: {
    method: 'GET',
    path: /\/(organizations|groups|users)\/?\?/,
    does: { status: 200, headers: { 'content-type': 'application/json' }, body: '[]' },
  },
};

/** What can befall a call. What is after the pivot is spared what would only be waited for. */
export function faultsFor(call: Call): AimedFault[] {
  const faults = [...ANY, ...(isHttp(call) ? HTTP : [])];
  if (!call.undo && STALE_READS[providerOf(call)] && call.step !== 'verify') faults.push(STALE);
  if (call.completes) faults.push(PARTIAL);
  // A refusal of what comes after the pivot, or of an undo, is tried again until it succeeds; that has scenarios of its own.
  if (call.undo || isAfterPivot(call)) return faults.filter(({ fatal }) => fatal !== true);
  return faults;
}

/** Every kind there is. */
export const AIMED_KINDS: readonly string[] = [...ANY, ...HTTP, STALE, PARTIAL].map(({ kind }) => kind);
