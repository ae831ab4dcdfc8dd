import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { groupBy } from '../checker/group-by';

/** Everything random in a run comes from here, so that a seed repeats it. */
export interface Dice {
  /** A whole number from `low` to `high`, both possible. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/** Dice of a seed. */
export function createDice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  const between = (low: number, high: number): number => uniformInt(generator, low, high);
  return {
    between,
    pick: (items) => items[between(0, items.length - 1)]!,
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = between(0, last);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
  };
}

/** Something that can be run, and what it would take. */
export interface Planned {
  kind: string;
  /** Roughly, on two cores. */
  seconds: number;
}

/**
 * A sample of what fits into the time: first one of every kind – the shorter of two, so that a short sample is short – then as many more
 * as fit. In the order of the full plan, which keeps together what runs together.
 */
export function sample<T extends Planned>(all: readonly T[], seconds: number, dice: Dice): T[] {
  const shuffled = dice.shuffle(all);
  const chosen = new Set<T>();
  let left = seconds;
  const take = (item: T): void => {
    chosen.add(item);
    left -= item.seconds;
  };
  for (const [first, second] of groupBy(shuffled, ({ kind }) => kind).values())
    take(second !== undefined && second.seconds < first!.seconds ? second : first!);
  for (const item of shuffled) if (!chosen.has(item) && item.seconds <= left) take(item);
  return all.filter((item) => chosen.has(item));
}
