/** Durations in seconds, shortest first. Each is equally likely. */
export type Distribution = readonly number[];

/**
 * Values that stand for a distribution in further arithmetic. Sums of all pairs then cost a few thousand additions; random draws would need
 * more of them for the same precision, and a seed so that two reads agree.
 */
const POINTS = 50;

/** Sorts durations. */
export function distributionOf(durations: readonly number[]): Distribution {
  return [...durations].sort((one, other) => one - other);
}

/** The smallest duration that at least this share of the next ones do not exceed, if they are like these. */
export function quantile(durations: Distribution, share: number): number {
  // One more than there are, because the next duration may also be longer than all of them.
  const rank = Math.ceil(share * (durations.length + 1));
  return durations[Math.min(Math.max(rank, 1), durations.length) - 1] ?? 0;
}

/** What is left of the durations that are longer than `elapsed`: how much longer something takes that has already taken so long. */
export function restAfter(durations: Distribution, elapsed: number): Distribution {
  return durations.filter((duration) => duration > elapsed).map((duration) => duration - elapsed);
}

/** Durations until the last of several things that run side by side has ended, each as long as one of its distribution. */
export function slowestOf(all: readonly Distribution[]): Distribution {
  if (all.length <= 1) return all[0] ?? [];
  const candidates = distributionOf(all.flat());
  const points: number[] = [];
  const passed = all.map(() => 0);
  for (const value of candidates) {
    all.forEach((each, index) => {
      while (passed[index]! < each.length && each[passed[index]!]! <= value) passed[index]! += 1;
    });
    const share = all.reduce((product, each, index) => product * (passed[index]! / each.length), 1);
    while (points.length < POINTS && shareOf(points.length) <= share) points.push(value);
  }
  return points;
}

/** Durations of one thing after the other, in every combination. */
export function oneAfterTheOther(one: Distribution, other: Distribution): Distribution {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const points = pointsOf(other);
  return distributionOf(pointsOf(one).flatMap((first) => points.map((second) => first + second)));
}

function pointsOf(durations: Distribution): Distribution {
  if (durations.length <= POINTS) return durations;
  return Array.from({ length: POINTS }, (_, index) => durations[Math.floor(shareOf(index) * durations.length)]!);
}

/** The middle of one of {@link POINTS} equal parts. */
function shareOf(index: number): number {
  return (index + 0.5) / POINTS;
}
