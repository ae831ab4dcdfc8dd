import { criticalPath } from '../../../registry/metrics/critical-path';
import { retriesOf, secondsIn, spansOf } from '../../../registry/metrics/figures';

const pathOf = (...call: Parameters<typeof criticalPath>) => Object.fromEntries(criticalPath(...call));

describe('the critical path', () => {
  test('has the longest of the steps that ran side by side, and the pauses between steps as waiting', () => {
    const spans = [
      { step: 'validate' as const, start: 1, end: 3 },
      { step: 'database' as const, start: 4, end: 9 },
      { step: 'configuration' as const, start: 4, end: 5 },
      { step: 'verify' as const, start: 9, end: 12 },
    ];
    expect(pathOf(spans, 0, 12)).toEqual({ validate: 2, database: 5, verify: 3, waiting: 2 });
  });

  test('adds up to the time that the operation took', () => {
    const spans = [
      { step: 'reserve' as const, start: 12, end: 14 },
      { step: 'database' as const, start: 13, end: 21 },
      { step: 'identity' as const, start: 15, end: 40 },
    ];
    const seconds = [...criticalPath(spans, 10, 30).values()];
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBe(20);
  });

  test('counts only the part of a step that nothing later covers', () => {
    const spans = [
      { step: 'database' as const, start: 0, end: 6 },
      { step: 'security' as const, start: 4, end: 10 },
    ];
    expect(pathOf(spans, 0, 10)).toEqual({ database: 4, security: 6 });
  });

  test('of an operation without recorded attempts is waiting', () => {
    expect(pathOf([], 5, 8)).toEqual({ waiting: 3 });
  });
});

const attempt = (activity: string, number: number, start: number, end: number | null, forward = true) => ({
  activity,
  attempt: number,
  step: 'database' as const,
  forward,
  start,
  end,
});

test('an attempt whose worker died ends with the next one, and the last one without an end is still under way', () => {
  const attempts = [attempt('1', 1, 0, null), attempt('1', 2, 8, null), attempt('2', 1, 0, 3, false)];
  expect(spansOf(attempts, 20)).toEqual([
    { step: 'database', start: 0, end: 8 },
    { step: 'database', start: 8, end: 20 },
  ]);
});

test('the pause before a retry is counted from the end of the failed attempt', () => {
  const attempts = [attempt('1', 2, 5, 6), attempt('1', 1, 0, 3), attempt('1', 3, 10, 11), attempt('2', 1, 0, 1)];
  expect(retriesOf(attempts)).toEqual([2, 4]);
});

test('the time in a status is the sum of its visits, and null without a visit', () => {
  const visited = [
    { status: 'validating', at: 1 },
    { status: 'on_hold', at: 4 },
    { status: 'validating', at: 10 },
    { status: 'on_hold', at: 11 },
  ];
  expect(secondsIn('on_hold', visited, 15)).toBe(10);
  expect(secondsIn('compensating', visited, 15)).toBeNull();
});
