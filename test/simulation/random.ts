import { seededRandom } from '../helpers/seeded-random';

/** Draws from one seed. What is drawn by name is the same whatever else is drawn, and in whichever order. */
export interface Dice {
  /** From 0 up to, but not, 1. */
  (): number;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Dice that always fall alike for this seed. */
export function dice(seed: number): Dice {
  const next = seededRandom(seed);
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return Object.assign(() => next(), {
    chance: (probability: number) => next() < probability,
    whole,
    pick: <T>(items: readonly T[]): T => items[whole(0, items.length - 1)]!,
  });
}

/** A number from 0 up to, but not, 1 for this seed and name (FNV-1a and a final mix). */
export function drawn(seed: number, name: string): number {
  let hash = 2166136261 ^ seed;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}
