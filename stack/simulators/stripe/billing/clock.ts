import { refused } from '../requests/errors';
import { newId } from '../state/ids';
import type { TestClock } from '../state/account-objects';
import type { Transaction } from '../state/transaction';
import { catchUp } from './lifecycle';

/** A clock that stands still at `frozenTime` (unix seconds) until it is advanced. */
export function newClock(now: number, frozenTime: number, name: string | undefined): TestClock {
  return {
    id: newId('clock'),
    object: 'test_helpers.test_clock',
    created: now,
    deletes_after: now + 30 * 86_400,
    frozen_time: frozenTime,
    livemode: false,
    name: name ?? null,
    status: 'ready',
    status_details: {},
  };
}

/**
 * Lets the time of a clock's customers pass. Trials and periods end one after the other, each at its own moment. Stripe does this while the
 * clock is `advancing`; here it is done when the request is answered.
 */
export function advance(tx: Transaction, clock: TestClock, to: number): TestClock {
  if (to <= clock.frozen_time)
    throw refused('The frozen time must be after the current time of the test clock.', { param: 'frozen_time' });
  tx.now = to;
  catchUp(tx, clock.id);
  return tx.put({ ...clock, frozen_time: to });
}

/** Lets the rest of a request happen in the time of this customer: that of its test clock, if it has one. */
export function inTimeOf(tx: Transaction, customer: string): void {
  const clock = tx.get('customer', customer)?.test_clock;
  if (clock) tx.now = tx.need('test_helpers.test_clock', clock).frozen_time;
}
