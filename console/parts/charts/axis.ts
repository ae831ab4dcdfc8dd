/** Distances in seconds that people read at a glance, from a tenth of a second to a week. */
const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 4, 6, 12, 24, 48, 168].map((hours) => hours * 3_600),
];

/** Marks that an axis has at most, without the one at zero. */
const MOST_MARKS = 5;

/** Marks of an axis of durations in seconds, from zero to the first mark that is not below the longest duration. */
export function secondMarks(longest: number): number[] {
  const largest = STEPS.at(-1)!;
  const step =
    STEPS.find((each) => Math.ceil(longest / each) <= MOST_MARKS) ??
    Math.ceil(longest / largest / MOST_MARKS) * largest;
  const marks = Math.max(1, Math.ceil(longest / step));
  // Tenths have no exact binary form.
  return Array.from({ length: marks + 1 }, (_, index) => Math.round(index * step * 10) / 10);
}
