import { RETRY_AFTER_SECONDS } from '../plan/faults';
import type { LoggedCall } from '../proxies/effect-log';
import { idsOf, type Evidence } from './evidence';
import { groupBy } from './group-by';
import { examine, together, type Verdict } from './invariant';

/** A refusal is worth one attempt; a refused token one more, with a new one. */
const MOST_ATTEMPTS = 2;

/** Part of I13: who was asked to wait has waited, and who was refused for good has not insisted. */
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
      ({ tenantId }) => {
        const refused = calls.filter((call) => call.tenantId === tenantId && call.fault === '403');
        const times = [...groupBy(refused, ({ method, path }) => `${method} ${path}`).values()].map(
          ({ length }) => length,
        );
        const most = Math.max(0, ...times);
        return most > MOST_ATTEMPTS && `refused, and asked ${most} times`;
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
