import { REPEAT_AFTER_MS } from '../../../activities/verification/verify';
import { RETRY_AFTER_SECONDS } from '../plan/faults';
import type { LoggedCall } from '../proxies/effect-log';
import { idsOf, type Evidence } from './evidence';
import { groupBy } from './group-by';
import { examine, together, type Verdict } from './invariant';

/** A refused call may be made once, and once more with a new token if the token was refused. */
const MOST_ATTEMPTS = 2;

/** Step 9 repeats a failed check: a new key may still be unknown to some of the store's servers. */
const MOST_CHECKS = 1 + REPEAT_AFTER_MS.length;

/** Part of I13: callers honoured Retry-After, and did not repeat a permanently refused call. */
export function patient({ accepted, calls }: Pick<Evidence, 'accepted' | 'calls'>): Verdict {
  const throttled = calls.filter(({ fault }) => fault === '429');
  return together(
    examine(
      throttled.map((call) => ({ call, next: nextLike(calls, call) })),
      ({ call, next }) => {
        const waited = (next?.at ?? Infinity) - call.at;
        return waited < RETRY_AFTER_SECONDS * 1000 && `${call.method} ${call.path} again after ${waited} ms`;
      },
      ({ call: { tenantId } }) => (tenantId === undefined ? {} : { tenantId }),
    ),
    examine(
      accepted.filter(({ scenario }) => scenario.startsWith('403 for good')),
      ({ tenantId, scenario }) => {
        const refused = calls.filter((call) => call.tenantId === tenantId && call.fault === '403');
        const times = [...groupBy(refused, ({ method, path }) => `${method} ${path}`).values()].map(
          ({ length }) => length,
        );
        const most = Math.max(0, ...times);
        const bound = scenario.endsWith('as the tenant') ? MOST_CHECKS : MOST_ATTEMPTS;
        return most > bound && `refused, and asked ${most} times`;
      },
      idsOf,
    ),
  );
}

function nextLike(calls: readonly LoggedCall[], { at, tenantId, method, path }: LoggedCall): LoggedCall | undefined {
  return calls.find(
    (each) => each.at > at && each.tenantId === tenantId && each.method === method && each.path === path,
  );
}
