import { seededRandom } from '../../helpers/seeded-random';

/** Random numbers from one seed. A draw by name does not depend on any other draws or their order. */
export interface Dice {
  /** From 0 (inclusive) to 1 (exclusive). */
  (): number;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Dice with the same sequence for the same seed. */
export function dice(seed: number): Dice {
  const next = seededRandom(seed);
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return Object.assign(() => next(), {
    chance: (probability: number) => next() < probability,
    whole,
    pick: <T>(items: readonly T[]): T => items[whole(0, items.length - 1)]!,
  });
}

/** A number from 0 (inclusive) to 1 (exclusive) for this seed and name (FNV-1a and a final mix). */
export function drawn(seed: number, name: string): number {
  let hash = 2166136261 ^ seed;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
