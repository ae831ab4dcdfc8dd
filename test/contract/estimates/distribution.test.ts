import {
  distributionOf,
  oneAfterTheOther,
  quantile,
  restAfter,
  slowestOf,
} from '../../../contract/estimates/distribution';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('a quantile leaves room for a next duration that is longer than all known ones', () => {
  expect([0.5, 0.9, 0.95].map((share) => quantile(upTo(19), share))).toEqual([10, 18, 19]);
  expect(quantile([], 0.9)).toBe(0);
});

test('what is left of longer durations, and nothing of shorter ones', () => {
  expect(restAfter([1, 2, 5, 9], 2)).toEqual([3, 7]);
});

test('two things side by side end when the slower one does', () => {
  const both = slowestOf([upTo(100), upTo(100)]);
  // Both end within 71 of 100 in half of the cases, since 0.71 × 0.71 is about a half.
  expect(Math.abs(quantile(both, 0.5) - 71)).toBeLessThanOrEqual(2);
  expect(slowestOf([upTo(3)])).toEqual([1, 2, 3]);
  expect(slowestOf([])).toEqual([]);
});

test('two things one after the other take the sum in every combination', () => {
  expect(oneAfterTheOther([1, 2], [10, 20])).toEqual([11, 12, 21, 22]);
  expect(oneAfterTheOther([], [3])).toEqual([3]);
  expect(oneAfterTheOther([3], [])).toEqual([3]);
});

test('sums of large distributions keep their spread', () => {
  const sums = oneAfterTheOther(distributionOf(upTo(1000)), distributionOf(upTo(1000)));
  expect(sums).toHaveLength(2500);
  expect(Math.abs(quantile(sums, 0.5) - 1000)).toBeLessThan(15);
  // The sum of two uniform durations is triangular; a tenth of it is beyond 2 − √0.2.
  expect(Math.abs(quantile(sums, 0.9) - (2000 - Math.sqrt(0.2) * 1000))).toBeLessThan(25);
});
