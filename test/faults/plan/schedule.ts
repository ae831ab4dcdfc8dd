import { seededRandom } from '../../helpers/seeded-random';
import { groupBy } from '../checker/group-by';

/** The only source of randomness in a run, so that a seed repeats it. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

/** Dice for a seed. */
export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
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

/** An item of the plan, and its cost. */
export interface Planned {
  kind: string;
  /** Estimate on two cores: of items that run together, the share of the machine's time; of the others, how long they take. */
  seconds: number;
  alone: boolean;
  /** A sample has one of these, however short it is. */
  vital?: boolean;
}

/** Seconds for start-up, control arm and checks. */
const OVERHEAD_SECONDS = 90;

/** Seconds that a run of these items takes. */
export function estimate(items: readonly Planned[]): number {
  return items.reduce((sum, { seconds }) => sum + seconds, OVERHEAD_SECONDS);
}

/**
 * A sample that takes about so many seconds. It has one item of every kind that runs beside others, and one vital item; then one of each other
 * kind that fits, and then as many more as fit. Of each kind it takes the shorter of two random items, so that more kinds fit. It keeps the
 * order of the full plan, where items that run together are neighbours.
 */
export function sample<T extends Planned>(all: readonly T[], seconds: number, dice: Dice): T[] {
  const shuffled = dice.shuffle(all);
  const chosen = new Set<T>();
  const fits = (item: T): boolean => estimate([...chosen, item]) <= seconds;
  const ofKinds = (items: readonly T[]): T[] =>
    [...groupBy(items, ({ kind }) => kind).values()].map(([first, second]) =>
      second !== undefined && second.seconds < first!.seconds ? second : first!,
    );
  for (const item of ofKinds(shuffled.filter(({ alone }) => !alone))) chosen.add(item);
  const [vital] = ofKinds(shuffled.filter((item) => item.vital));
  if (vital) chosen.add(vital);
  const others = shuffled.filter(({ alone, kind }) => alone && kind !== vital?.kind);
  for (const item of [...ofKinds(others), ...shuffled]) if (!chosen.has(item) && fits(item)) chosen.add(item);
  return all.filter((item) => chosen.has(item));
}

/** The kinds of a plan that a sample lacks. */
export function kindsWithout(all: readonly Planned[], chosen: readonly Planned[]): string[] {
  const has = new Set(chosen.map(({ kind }) => kind));
  return [...new Set(all.map(({ kind }) => kind))].filter((kind) => !has.has(kind));
}
