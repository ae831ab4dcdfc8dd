/** @jest-environment jsdom */
import { runsOf, type FailedAttempt } from '../../../../console/pages/operations/failures';
import { entriesOf } from '../../../../console/pages/operations/feed';
import type { Event } from '../../../../clients/typescript/src/types';

const failed = (attempt: number, message: string): FailedAttempt =>
  ({
    activity: 'createBucket',
    attempt,
    direction: 'forward',
    error: { type: 'ProviderUnavailable', message },
  }) as never;

test('attempts that failed alike are told once, with their count; another failure is told by itself', () => {
  const attempts = [failed(1, 'No answer for 3 s.'), failed(2, 'No answer for 15 s.'), failed(3, 'Refused.')];
  expect(runsOf(attempts).map(({ first, last, count }) => [first.attempt, last.attempt, count])).toEqual([
    [1, 2, 2],
    [3, 3, 1],
  ]);
});

test('attempts of two activities that fail in turn are told once for each', () => {
  const other = (attempt: number): FailedAttempt => ({ ...failed(attempt, 'Refused.'), activity: 'createLogin' });
  expect(runsOf([failed(1, 'Refused.'), other(1), failed(2, 'Refused.'), other(2)]).map(({ count }) => count)).toEqual([
    2, 2,
  ]);
});

test('an outage leaves the events before it in sight', () => {
  const event = (sequence: number, type: string, step: string) =>
    ({ sequence, type, data: { step } }) as never as Event;
  const outage = Array.from({ length: 40 }, (_, n) => event(n + 2, 'step.attempt', 'storage'));
  const events = [event(1, 'step.state', 'storage'), ...outage, event(42, 'step.attempt', 'identity')];
  expect(entriesOf(events).map(({ event: { sequence }, folded }) => [sequence, folded])).toEqual([
    [1, 0],
    [41, 39],
    [42, 0],
  ]);
});
