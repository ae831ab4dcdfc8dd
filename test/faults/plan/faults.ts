import type { Action } from '../../helpers/providers/fault-proxy';
import { isHttp, lineOf, type Call } from './calls/call';

/** A fault for a call of one tenant. */
export interface AimedFault {
  /** Kind of fault; a sample has at least one of each. */
  kind: string;
  /** Action on the call; lines without status codes support only the named actions. */
  does: Action;
  /** How many times; later calls are left alone. Missing: as long as the scenario lasts. */
  times?: number;
  /** After the call, the first look-up does not show what was made. */
  stale?: boolean;
  /** The step fails permanently: the tenant must not become active. */
  fatal?: boolean;
}

/** Value of Retry-After in a throttling answer. */
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

/** Faults for every line, including those without status codes. */
const ANY: AimedFault[] = [
  { kind: 'reset before the effect', does: 'reset', times: 1 },
  { kind: 'effect, then a reset', does: 'lose', times: 1 },
  { kind: 'effect, then silence', does: 'mute', times: 1 },
];

const STALE: AimedFault = { kind: 'stale read after a lost answer', does: 'lose', times: 1, stale: true };

/** Short enough for the time in which the product expects a request to be repeated, which is a second in tests. */
const REPEATED: AimedFault = { kind: 'delivered twice', does: { againAfterMs: 500 }, times: 1 };

const PARTIAL: AimedFault = { kind: 'partial success', does: 403, fatal: true };

/** Answers to look-ups from a replica that has not seen the creation yet. */
export const STALE_READS: Record<string, { method: string; path: RegExp; does: Action }> = {
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

/** Faults for the calls that change a tenant; the classification of all others does not depend on the kind of operation. */
const FOR_CHANGES = [
  'reset before the effect',
  'effect, then a reset',
  'effect, then silence',
  'effect, then 500',
  '403 for good',
  'late success',
  'delivered twice',
];

/** The faults for a call. Calls after the pivot are spared those that would only delay them. */
export function faultsFor(call: Call): AimedFault[] {
  const faults = [...ANY, ...(isHttp(call) ? HTTP : [])];
  if (call.kind === 'provision') {
    if (!call.undo && STALE_READS[lineOf(call)] && call.step !== 'verify') faults.push(STALE);
    if (call.completes) faults.push(PARTIAL);
  } else if (isHttp(call)) faults.push(REPEATED);
  const planned = call.kind === 'provision' ? faults : faults.filter(({ kind }) => FOR_CHANGES.includes(kind));
  // A refusal after the pivot or in an undo is retried until it succeeds; separate scenarios cover that.
  if (call.patient) return planned.filter(({ does }) => does !== 'mute');
  if (call.undo || call.afterPivot || call.ambiguous) return planned.filter(({ fatal }) => fatal !== true);
  return planned;
}

/** Every kind of fault of a provisioning. */
export const AIMED_KINDS: readonly string[] = [...ANY, ...HTTP, STALE, PARTIAL].map(({ kind }) => kind);
