import { retryAfterSeconds, secondsToNextAttempt } from '../../../contract/webhooks/next-attempt';
import { DELIVERY_DAYS } from '../../../contract/webhooks/webhooks';

const HALF = (): number => 0.5;
const NOW = new Date('2026-01-31T12:00:00Z');

test('pauses grow from seconds to an hour', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => secondsToNextAttempt({ attempt, elapsedSeconds: 0 }, HALF));
  expect(pauses).toEqual([5, 20, 80, 320, 1280, 3600, 3600, 3600]);
});

test('pauses differ by up to a fifth, so that messages do not return together', () => {
  const at = (random: number) => secondsToNextAttempt({ attempt: 6, elapsedSeconds: 0 }, () => random);
  expect([at(0), at(1)].map((seconds) => Math.round(seconds!))).toEqual([2880, 4320]);
});

test('a receiver’s Retry-After is honoured up to a day, and never shortens a pause', () => {
  const after = (seconds: number) =>
    secondsToNextAttempt({ attempt: 2, elapsedSeconds: 0, retryAfterSeconds: seconds }, HALF);
  expect([after(600), after(1), after(999_999)]).toEqual([600, 20, 86_400]);
});

test('attempts end with the days of a delivery', () => {
  const whole = DELIVERY_DAYS * 86_400;
  const before = (seconds: number) => secondsToNextAttempt({ attempt: 20, elapsedSeconds: whole - seconds }, HALF);
  expect([before(3600), before(3599)]).toEqual([3600, undefined]);
});

test('every attempt until the end is tried at most once an hour, so a delivery has fewer than a hundred', () => {
  let elapsedSeconds = 0;
  let attempt = 0;
  for (let pause: number | undefined = 0; pause !== undefined; elapsedSeconds += pause ?? 0) {
    attempt += 1;
    pause = secondsToNextAttempt({ attempt, elapsedSeconds }, HALF);
  }
  expect(attempt).toBeGreaterThan(70);
  expect(attempt).toBeLessThan(100);
});

test.each([
  ['120', 120],
  [' 0 ', 0],
  ['Sat, 31 Jan 2026 12:01:30 GMT', 90],
  ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['99999999999', undefined],
  [undefined, undefined],
])('Retry-After %p means %p seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, NOW)).toBe(seconds);
});
